/** Whether a webhook is from the server that it claims to be from (protocol §19.2). On any runtime with Web Crypto. */
import { WebhookSignatureError } from "./errors.ts";
import type { WebhookNotification } from "./types.ts";

/** Where the server's public keys are, and what is asked of a signature. */
export interface VerifierOptions {
  /** The address of the keys: `webhook.signing.jwks_url` of a subscription, such as `https://example.com/v1/stream/__ds/jwks.json`. */
  readonly jwksUrl: string | URL;
  /** How old a signature may be, or how far ahead, ms. Default 300000 */
  readonly toleranceMs?: number;
  /** How long the keys are waited for, ms. Default 10000 */
  readonly timeoutMs?: number;
  /** Default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch;
  /** The current time, epoch ms. Default `Date.now` */
  readonly now?: () => number;
}

interface PublicKey {
  readonly kid: string;
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
}

const SIGNATURE = /^t=(\d{1,15}),kid=([^,]{1,256}),ed25519=([A-Za-z0-9_-]{86})$/;
const TOLERANCE_MS = 300_000;
/** How long keys are believed. */
const KEYS_MS = 300_000;
const TIMEOUT_MS = 10_000;
/** Keys are asked for again this seldom, however many unknown ones are named. */
const ASKED_AGAIN_MS = 10_000;

/**
 * Verifies webhooks. Keep one for as long as the process runs: it keeps the keys.
 *
 * @example
 * ```ts
 * import { WebhookVerifier } from "@perennial/client/subscriptions";
 * const verifier = new WebhookVerifier({ jwksUrl: "http://localhost:4437/v1/stream/__ds/jwks.json" });
 * export async function POST(request: Request): Promise<Response> {
 *   const wake = await verifier.verifyRequest(request);
 *   console.log(wake.streams.filter(({ has_pending }) => has_pending));
 *   return Response.json({ done: true });
 * }
 * ```
 */
export class WebhookVerifier {
  readonly #options: VerifierOptions;
  #keys: Promise<ReadonlyMap<string, CryptoKey>> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /**
   * What the request of a webhook says, once it is known to be genuine.
   *
   * @param request whose body must not have been read
   * @throws WebhookSignatureError when it is not: answer 401
   */
  async verifyRequest(request: Request): Promise<WebhookNotification> {
    const body = new Uint8Array(await request.arrayBuffer());
    return this.verify(body, request.headers.get("Webhook-Signature"));
  }

  /**
   * The same of a body that was read already.
   *
   * @param sent the body as it came
   * @param header `Webhook-Signature`
   */
  async verify(sent: string | Uint8Array, header: string | null | undefined): Promise<WebhookNotification> {
    const body = bytesOf(sent);
    const [, seconds = "", kid = "", signature = ""] = SIGNATURE.exec(header ?? "") ?? [];
    if (signature === "")
      throw new WebhookSignatureError("there is no Webhook-Signature, or none of this form");
    const { toleranceMs = TOLERANCE_MS, now = Date.now } = this.#options;
    if (Math.abs(now() - Number(seconds) * 1000) > toleranceMs)
      throw new WebhookSignatureError("the signature is too old, or a clock is wrong");
    const key = await this.#key(kid);
    const signed = joined(new TextEncoder().encode(`${seconds}.`), body);
    if (!(await crypto.subtle.verify("Ed25519", key, fromBase64Url(signature), signed)))
      throw new WebhookSignatureError("the signature is not of this body");
    return JSON.parse(new TextDecoder().decode(body)) as WebhookNotification;
  }

  async #key(kid: string): Promise<CryptoKey> {
    const now = (this.#options.now ?? Date.now)();
    if (now - this.#askedAt > KEYS_MS) this.#ask(now);
    const known = (await this.#keys)?.get(kid);
    if (known !== undefined) return known;
    // There may be a new one since.
    if (now - this.#askedAt > ASKED_AGAIN_MS) this.#ask(now);
    const found = (await this.#keys)?.get(kid);
    if (found === undefined) throw new WebhookSignatureError("the server has no key of that name");
    return found;
  }

  #ask(now: number): void {
    this.#askedAt = now;
    this.#keys = this.#load().catch((error: unknown) => {
      this.#askedAt = Number.NEGATIVE_INFINITY;
      throw error;
    });
    this.#keys.catch(() => {});
  }

  async #load(): Promise<ReadonlyMap<string, CryptoKey>> {
    const { jwksUrl, timeoutMs = TIMEOUT_MS, fetch: send = fetch } = this.#options;
    const response = await send(jwksUrl, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`the keys at ${jwksUrl} cannot be had: ${response.status}`);
    const { keys } = (await response.json()) as { keys: readonly PublicKey[] };
    const usable = keys.filter(({ kty, crv }) => kty === "OKP" && crv === "Ed25519");
    return new Map(await Promise.all(usable.map(async (key) => [key.kid, await imported(key)] as const)));
  }
}

function imported({ x }: PublicKey): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", fromBase64Url(x), "Ed25519", false, ["verify"]);
}

function bytesOf(body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(left.length + right.length);
  bytes.set(left);
  bytes.set(right, left.length);
  return bytes;
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
