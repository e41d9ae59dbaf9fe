/** Secrets, and what is signed with them: URLs that let one stream be read, and tokens that let streams be created. */
import { hmac } from "@noble/hashes/hmac";
import { sha256 } from "@noble/hashes/sha2";
import { randomBytes, utf8ToBytes } from "@noble/hashes/utils";
import { PROXY_PATH, PROXY_QUERY } from "./words.ts";

/** Whether a read URL is good. */
export type PreSignedUrlResult =
  | { readonly kind: "ok"; readonly ok: true }
  | {
      readonly kind: "rejected";
      readonly ok: false;
      readonly code: "SIGNATURE_EXPIRED" | "SIGNATURE_INVALID";
    };

/** Whether a service credential is good. */
export type ServiceJwtResult =
  | { readonly kind: "ok"; readonly ok: true }
  | { readonly kind: "rejected"; readonly ok: false; readonly code: "MISSING_SECRET" | "INVALID_SECRET" };

const GOOD = { kind: "ok", ok: true } as const;
const TOKEN_PREFIX = "create.";
const EXPIRES = /^\d{1,12}$/;
/** Of this process: comparisons are of digests under it, so that their time says nothing of what is compared. */
const COMPARISON_KEY = randomBytes(32);

/**
 * A URL under which one stream can be read and aborted, by whoever has it.
 *
 * @param origin of the proxy, such as `https://proxy.example.com`, or a URL with a path below which it is
 * @param expiresAt seconds since 1970
 */
export function generatePreSignedUrl(
  origin: string,
  streamId: string,
  secret: string,
  expiresAt: number,
): string {
  const signature = signatureOf(secret, `${streamId}:${expiresAt}`);
  const query = `${PROXY_QUERY.expires}=${expiresAt}&${PROXY_QUERY.signature}=${signature}`;
  return `${origin.replace(/\/$/, "")}${PROXY_PATH}/${streamId}?${query}`;
}

/**
 * Judges `expires` and `signature` of a read URL. Expiry is checked first.
 *
 * @param now ms since 1970
 */
export function validatePreSignedUrl(
  streamId: string,
  expires: string,
  signature: string,
  secret: string,
  now = Date.now(),
): PreSignedUrlResult {
  if (isOver(expires, now)) return { kind: "rejected", ok: false, code: "SIGNATURE_EXPIRED" };
  if (!isSame(signature, signatureOf(secret, `${streamId}:${expires}`)))
    return { kind: "rejected", ok: false, code: "SIGNATURE_INVALID" };
  return GOOD;
}

/**
 * Judges a service secret: that of the query or, without one, the bearer of the header.
 *
 * @param secretParam the query's `secret`, if any
 */
export function validateServiceJwt(
  secretParam: string | null,
  authHeader: string | undefined,
  expectedSecret: string,
): ServiceJwtResult {
  const given = secretParam ?? extractBearerToken(authHeader);
  if (given === null || given === "") return { kind: "rejected", ok: false, code: "MISSING_SECRET" };
  return isSame(given, expectedSecret) ? GOOD : { kind: "rejected", ok: false, code: "INVALID_SECRET" };
}

/** The token of `Authorization: Bearer <token>`. */
export function extractBearerToken(authHeader: string | undefined): string | null {
  const [scheme] = /^bearer /i.exec(authHeader ?? "") ?? [];
  const token = scheme === undefined ? "" : authHeader!.slice(scheme.length).trim();
  return token === "" ? null : token;
}

/**
 * A credential that lets its holder create streams until then, and nothing else. Give it to browsers in place of the secret.
 *
 * @param expiresAt seconds since 1970
 */
export function generateCreateToken(secret: string, expiresAt: number): string {
  return `${TOKEN_PREFIX}${expiresAt}.${signatureOf(secret, `create-token:${expiresAt}`)}`;
}

/**
 * Whether a text is a token for creating that this secret has signed and that is not over.
 *
 * @param now ms since 1970
 */
export function isCreateToken(token: string, secret: string, now = Date.now()): boolean {
  if (!token.startsWith(TOKEN_PREFIX)) return false;
  const [expires = "", signature = ""] = token.slice(TOKEN_PREFIX.length).split(".");
  return !isOver(expires, now) && isSame(signature, signatureOf(secret, `create-token:${expires}`));
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => hmac(sha256, COMPARISON_KEY, utf8ToBytes(text)));
  let difference = 0;
  for (let at = 0; at < a!.length; at++) difference |= a![at]! ^ b![at]!;
  return difference === 0;
}

function isOver(expires: string, now: number): boolean {
  return !EXPIRES.test(expires) || now > Number(expires) * 1000;
}

function signatureOf(secret: string, text: string): string {
  const digest = hmac(sha256, utf8ToBytes(secret), utf8ToBytes(text));
  return btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
