/** The keys that webhooks and tokens are signed with. They are rows like all others, so a restart changes none of them. */
import {
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
  timingSafeEqual,
} from "node:crypto";
import { ok, type Result, reject } from "@perennial/protocol";
import { type Refusal, tokenExpired, tokenInvalid } from "./core/rejections.ts";
import type { Store } from "./store.ts";

/** A key pair for webhooks. */
interface SigningKey {
  readonly kid: string;
  /** Public half, base64url. */
  readonly x: string;
  /** Private half, base64url. */
  readonly d: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

interface TokenKey {
  readonly secret: string;
  readonly createdAt: number;
}

/** The newest first. */
interface Kept {
  readonly signing: readonly SigningKey[];
  readonly tokens: readonly TokenKey[];
}

/** What a token says. */
export interface TokenClaims {
  /** The subscription's number, which is never used again. */
  readonly n: number;
  readonly generation: number;
  /** Seconds since 1970. */
  readonly exp: number;
}

const ROW = "keys";
/** A new key is published so long before it signs, since receivers may keep the list of keys for five minutes. */
const PUBLISHED_MS = 600_000;
/** An old key stays published so long: what it signed is refused by its age after five minutes. */
const RETIRED_MS = 24 * 3_600_000;
const KEYS_MAX = 4;
const TOKEN_SECONDS = 3600;

export class Keys {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #private = new Map<string, KeyObject>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** The keys, which are made when they are first needed. */
  get #kept(): Kept {
    const kept = this.#store.get(ROW) as Kept | undefined;
    if (kept !== undefined) return kept;
    const made: Kept = { signing: [newSigningKey(0)], tokens: [newTokenKey(0)] };
    void this.#store.put(ROW, made);
    return made;
  }

  /** Makes new ones. Those that there are stay good for what they signed. Resolves once that is durable. */
  async rotate(): Promise<boolean> {
    const now = this.#now();
    const { signing, tokens } = this.#kept;
    const kept: Kept = {
      signing: [newSigningKey(now), ...recent(signing, now)].slice(0, KEYS_MAX),
      tokens: [newTokenKey(now), ...recent(tokens, now)].slice(0, KEYS_MAX),
    };
    return (await this.#store.put(ROW, kept)) === undefined;
  }

  get #signingKey(): SigningKey {
    const { signing } = this.#kept;
    return signing.find(({ createdAt }) => createdAt <= this.#now() - PUBLISHED_MS) ?? signing.at(-1)!;
  }

  /** Names the key that webhooks are signed with now. */
  get kid(): string {
    return this.#signingKey.kid;
  }

  /** The public keys (RFC 7517). */
  jwks(): object {
    return {
      keys: this.#kept.signing.map(({ kid, x }) => ({
        ...{ kty: "OKP", crv: "Ed25519", kid, use: "sig", alg: "EdDSA", x },
      })),
    };
  }

  /** The header that shows who sent a body, and when. */
  signature(body: Uint8Array): string {
    const key = this.#signingKey;
    const seconds = Math.floor(this.#now() / 1000);
    const signed = sign(null, Buffer.concat([Buffer.from(`${seconds}.`), body]), this.#privateKey(key));
    return `t=${seconds},kid=${key.kid},ed25519=${signed.toString("base64url")}`;
  }

  #privateKey({ kid, x, d }: SigningKey): KeyObject {
    const known = this.#private.get(kid);
    if (known !== undefined) return known;
    const key = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", x, d }, format: "jwk" });
    this.#private.set(kid, key);
    return key;
  }

  /** A token for one wake of a subscription. */
  token(n: number, generation: number): string {
    const claims: TokenClaims = { n, generation, exp: Math.floor(this.#now() / 1000) + TOKEN_SECONDS };
    const text = Buffer.from(JSON.stringify({ ...claims, jti: randomUUID() }));
    const payload = text.toString("base64url");
    return `${payload}.${hmac(this.#kept.tokens[0]!.secret, payload).toString("base64url")}`;
  }

  /** What a token says, if we made it. */
  verify(token: string): TokenClaims | undefined {
    const [payload, signature, ...rest] = token.split(".");
    if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
    const given = Buffer.from(signature, "base64url");
    const isOurs = this.#kept.tokens.some(({ secret }) => {
      const expected = hmac(secret, payload);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return isOurs ? (JSON.parse(Buffer.from(payload, "base64url").toString()) as TokenClaims) : undefined;
  }

  /**
   * Whether a token is good for a subscription. Who holds a lease may go on with the token that it came with, however long it is
   * extended.
   */
  judge(
    claims: TokenClaims,
    held: { readonly number: number; readonly generation: number; readonly hasWake: boolean },
  ): Result<undefined, Refusal> {
    if (claims.n !== held.number) return reject(tokenInvalid());
    const isHeld = held.hasWake && claims.generation === held.generation;
    return isHeld || claims.exp * 1000 > this.#now() ? ok(undefined) : reject(tokenExpired());
  }
}

function recent<Key extends { readonly createdAt: number }>(keys: readonly Key[], now: number): Key[] {
  // The newest of them is in use until now, however old it is.
  return keys.filter(({ createdAt }, index) => index === 0 || createdAt > now - RETIRED_MS);
}

function hmac(secret: string, payload: string): Buffer {
  return createHmac("sha256", Buffer.from(secret, "base64url")).update(payload).digest();
}

function newTokenKey(createdAt: number): TokenKey {
  return { secret: randomBytes(32).toString("base64url"), createdAt };
}

function newSigningKey(createdAt: number): SigningKey {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({
    format: "jwk",
  }) as Required<JsonWebKey>;
  // RFC 7638: the members that name the key, in the order of their names.
  const thumbprint = createHash("sha256").update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }));
  return { kid: `ds_${thumbprint.digest("base64url")}`, x: x as string, d: d as string, createdAt };
}
