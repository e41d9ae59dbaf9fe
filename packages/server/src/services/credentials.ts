/** Secrets and tokens, and who holds them. */
import { createHash } from "node:crypto";
import { type Ok, ok, reject } from "@perennial/protocol";
import type { IssuedTokens, PublicKey, Rights } from "@perennial/tokens";
import type { GivenRights } from "./authorize.ts";
import type { HeldToken, Holder, Holding, SentCredential } from "./holder.ts";
import { Remembered } from "./remembered.ts";
import type { Service } from "./service.ts";
import type { ServiceUsage } from "./usage.ts";
import { WriteRate } from "./write-rate.ts";

/** Characters of credentials remembered: of ten thousand tokens and more, and of far fewer than would matter. */
const REMEMBERED_MAX = 8 * 1024 * 1024;

/** How long a token of another issuer counts before it is verified again, ms: its key may have been withdrawn. */
const ISSUED_KNOWN_MS = 300_000;

/** How long rights count that an embedder gives without saying so, seconds. */
const GIVEN_SECONDS = 60;
/** How long they may count, seconds. */
const GIVEN_MAX = 86_400;

/** The scheme's name counts in any letter case (RFC 9110, 11.1). */
const BEARER = /^bearer +(.*)$/i;
/** What no credential has is a blank, so that nothing elsewhere can look like a header. */
const VISIBLE = /^[\x21-\x7e]+$/;

const UNKNOWN = reject("unknown" as const);
const EXPIRED = reject("expired" as const);

type Allows = typeof import("@perennial/tokens").allows;

/** Times, as tokens need them. */
export interface TokenClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds of a clock that nobody sets. */
  monotonicNow(): number;
}

export class Credentials {
  readonly #clock: TokenClock;
  readonly #usageOf: (service: string) => ServiceUsage;
  readonly #byId = new Map<string, Service>();
  readonly #byDigest = new Map<string, Service>();
  readonly #byKey = new Map<string, { readonly service: Service; readonly key: PublicKey }>();
  /** The server's own keys, by service: valid as long as the service has secrets. */
  readonly #operatorKeys = new Map<string, PublicKey>();
  /** By what was sent, of services as they are now: any change empties it. */
  readonly #remembered = new Remembered<Ok<Holder>>(REMEMBERED_MAX);
  /** Tokens that are being verified: those of one connection keep their order, and work is done once. */
  readonly #verifying = new Map<string, Promise<Holding>>();

  #issued: IssuedTokens | undefined;

  /** @param usageOf what a service uses and may use, by its id */
  constructor(clock: TokenClock, usageOf: (service: string) => ServiceUsage) {
    this.#clock = clock;
    this.#usageOf = usageOf;
  }

  /** From now on tokens of other issuers count, too. */
  trust(issued: IssuedTokens): void {
    this.#issued = issued;
  }

  /** A service has changed: only its secrets, and tokens of their keys, count from now on. */
  replace(before: Service | undefined, after: Service | undefined): void {
    this.#remembered.clear();
    for (const { digest } of before?.secrets ?? []) this.#byDigest.delete(digest);
    for (const { id } of this.#keysOf(before)) this.#byKey.delete(id);
    if (before !== undefined && (after?.secrets ?? []).length === 0) this.#operatorKeys.delete(before.id);
    if (before !== undefined) this.#byId.delete(before.id);
    if (after !== undefined && after.state !== "deleted") this.#byId.set(after.id, after);
    for (const { digest } of after?.secrets ?? []) this.#byDigest.set(digest, after!);
    for (const key of this.#keysOf(after)) this.#byKey.set(key.id, { service: after!, key });
  }

  /** Tokens that the server's own key signed speak for a service as well, until it ends. */
  admit(service: Service, key: PublicKey): void {
    this.#operatorKeys.set(service.id, key);
    this.replace(service, service);
  }

  #keysOf(service: Service | undefined): readonly PublicKey[] {
    if (service === undefined || service.secrets.length === 0) return [];
    const own = this.#operatorKeys.get(service.id);
    return [...service.secrets.map(({ key }) => key), ...(own === undefined ? [] : [own])];
  }

  /**
   * Who holds a credential, whatever the state of the service. A secret is found by its digest, whose beginning nobody can choose,
   * so how long that takes says nothing about a guess. A digest costs a tenth of an append, and verifying a token several: what was
   * found to be right is remembered. It is looked up by a hash with a random seed of the process, and compared only
   * where all of it agrees.
   */
  holderOf(credential: SentCredential): Holding | Promise<Holding> {
    const { sent } = credential;
    const known = this.#remembered.get(sent);
    if (known === undefined) return this.#find(credential);
    const { token } = known.value;
    if (token === undefined) return known;
    const now = this.#clock.now();
    if (token.expiresAt <= now) return this.#forget(sent);
    return token.isKnownUntil <= now ? this.#find(credential) : known;
  }

  /** Who holds rights that were given to one request. Throws if they cannot be. */
  async given({ service: id, streams, expiresAt }: GivenRights): Promise<Holding> {
    const { allows, parseClaims } = await import("@perennial/tokens");
    const now = Math.floor(this.#clock.now() / 1000);
    if (expiresAt !== undefined && expiresAt <= now) return EXPIRED;
    const exp = Math.min(expiresAt ?? now + GIVEN_SECONDS, now + GIVEN_MAX);
    const rights = parseClaims({ aud: id, iat: now, exp, streams });
    if (rights.kind === "rejected")
      throw new TypeError(`authorize gives what cannot be: ${rights.rejection}`);
    const service = this.#byId.get(id);
    if (service === undefined) return UNKNOWN;
    const token = this.#held(rights.value, allows, Number.POSITIVE_INFINITY);
    return ok({ service, usage: this.#usageOf(id), token });
  }

  #find({ sent, isHeader }: SentCredential): Holding | Promise<Holding> {
    const text = isHeader ? BEARER.exec(sent)?.[1] : sent;
    if (text === undefined || !VISIBLE.test(text)) return UNKNOWN;
    const service = this.#byDigest.get(digestOf(text));
    if (service !== undefined) return this.#remember(sent, { service, token: undefined });
    // No secret of ours has a dot, and every token has two.
    return text.includes(".") ? this.#verifyOnce(sent, text) : UNKNOWN;
  }

  #forget(sent: string): Holding {
    this.#remembered.delete(sent);
    return EXPIRED;
  }

  #remember(sent: string, known: Omit<Holder, "usage">): Ok<Holder> {
    const found = ok({ ...known, usage: this.#usageOf(known.service.id) });
    this.#remembered.set(sent, found);
    return found;
  }

  #verifyOnce(sent: string, token: string): Promise<Holding> {
    const underWay = this.#verifying.get(sent);
    if (underWay !== undefined) return underWay;
    const verifying = this.#verify(sent, token).finally(() => this.#verifying.delete(sent));
    this.#verifying.set(sent, verifying);
    return verifying;
  }

  async #verify(sent: string, token: string): Promise<Holding> {
    // Only now: a server without tokens needs none of it, and what it imports cannot be required by older CommonJS.
    const { allows, verifyToken } = await import("@perennial/tokens");
    let keyId = "";
    const keyOf = (id: string): PublicKey | undefined => {
      keyId = id;
      return this.#byKey.get(id)?.key;
    };
    const verified = await verifyToken(token, { keyOf, now: this.#clock.now() });
    if (verified.kind === "rejected") {
      const { kind } = verified.rejection;
      if (this.#issued !== undefined && (kind === "malformed" || kind === "unknown-key"))
        return this.#verifyIssued(this.#issued, sent, token, allows);
      return kind === "expired" ? EXPIRED : UNKNOWN;
    }
    const rights = verified.value;
    // Looked up again: the key may have ended meanwhile. Its own service is the only one that it can speak for.
    const service = this.#byKey.get(keyId)?.service;
    if (service === undefined || service.id !== rights.service) return UNKNOWN;
    return this.#remember(sent, { service, token: this.#held(rights, allows, Number.POSITIVE_INFINITY) });
  }

  async #verifyIssued(issued: IssuedTokens, sent: string, token: string, allows: Allows): Promise<Holding> {
    const now = this.#clock.now();
    const verified = await issued.verify(token, now);
    // What was known of it is known no longer.
    this.#remembered.delete(sent);
    if (verified.kind === "rejected") return verified.rejection.kind === "expired" ? EXPIRED : UNKNOWN;
    const service = this.#byId.get(verified.value.service);
    if (service === undefined) return UNKNOWN;
    return this.#remember(sent, {
      service,
      token: this.#held(verified.value, allows, now + ISSUED_KNOWN_MS),
    });
  }

  #held(rights: Rights, allows: Allows, isKnownUntil: number): HeldToken {
    const { bytes, rate } = rights.limits;
    return {
      expiresAt: rights.expiresAt * 1000,
      isKnownUntil,
      bytes,
      writes: rate === undefined ? undefined : new WriteRate(rate, () => this.#clock.monotonicNow()),
      allows: (act) => allows(rights, act),
    };
  }
}

/** A secret as it is kept. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
