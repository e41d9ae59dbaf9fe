/** Reading tokens. */
import { ok, type Result, reject } from "@perennial/protocol";
import { base64url, compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { parseClaims, type Rights } from "./claims.ts";
import type { PublicKey } from "./keys.ts";
import { ALGORITHM } from "./mint.ts";

/** Why a token does not count. */
export type TokenProblem =
  /** It is no token, or one of another kind. */
  | { readonly kind: "malformed" }
  /** No key has its name: it was made elsewhere, or the key has been withdrawn. */
  | { readonly kind: "unknown-key" }
  /** It was not signed with the key that it names, or was changed since. */
  | { readonly kind: "bad-signature" }
  /** It was signed, but says what it may not. */
  | { readonly kind: "bad-claims"; readonly reason: string }
  | { readonly kind: "expired" }
  /** It was made in the future. */
  | { readonly kind: "not-yet-valid" };

export interface VerifyOptions {
  /** Finds a key by its name. */
  readonly keyOf: (id: string) => PublicKey | undefined;
  /** The current time, epoch milliseconds. Default `Date.now()`. */
  readonly now?: number;
}

/** The longest token that is looked at, in characters: 8 KiB is what proxies pass on. */
const TOKEN_LENGTH_MAX = 8192;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** By how much the clock of whoever made a token may be ahead, seconds. It may not be behind: an end is an end. */
export const SKEW = 60;

/** Whether a text has the form of a token, which says nothing of its being one. */
export function looksLikeToken(text: string): boolean {
  return text.length <= TOKEN_LENGTH_MAX && COMPACT.test(text);
}

/**
 * Verifies a token. Never rejects; what is given may come from anybody.
 *
 * @returns what it allows, whatever service it is for: compare `service`
 */
export async function verifyToken(
  token: string,
  options: VerifyOptions,
): Promise<Result<Rights, TokenProblem>> {
  const { keyOf, now = Date.now() } = options;
  const id = looksLikeToken(token) && isCanonical(token) ? keyIdOf(token) : undefined;
  if (id === undefined) return reject({ kind: "malformed" });
  const key = keyOf(id);
  if (key === undefined) return reject({ kind: "unknown-key" });
  const claims = await signedClaims(token, key);
  if (claims === undefined) return reject({ kind: "bad-signature" });
  const rights = parseClaims(claims);
  if (rights.kind === "rejected") return reject({ kind: "bad-claims", reason: rights.rejection });
  const seconds = now / 1000;
  if (rights.value.expiresAt <= seconds) return reject({ kind: "expired" });
  if (Number(claims.iat) > seconds + SKEW) return reject({ kind: "not-yet-valid" });
  return ok(rights.value);
}

/** Whether it is spelt in the one way in which it was made: base64url leaves bits over in its last character. */
export function isCanonical(token: string): boolean {
  try {
    return token.split(".").every((part) => base64url.encode(base64url.decode(part)) === part);
  } catch {
    return false;
  }
}

/** The name of the key, if it is a token of our kind. */
function keyIdOf(token: string): string | undefined {
  try {
    const { alg, kid, ...others } = decodeProtectedHeader(token);
    const isOurs =
      alg === ALGORITHM && typeof kid === "string" && Object.keys(others).every((name) => name === "typ");
    return isOurs ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** The claims, if they were signed with the key. */
async function signedClaims(token: string, { x }: PublicKey): Promise<Record<string, unknown> | undefined> {
  try {
    const key = await importJWK({ kty: "OKP", crv: "Ed25519", x }, ALGORITHM);
    const { payload } = await compactVerify(token, key, { algorithms: [ALGORITHM] });
    const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims)
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
