/**
 * Keys that follow from secrets. Whoever has a service's secret can sign, offline; a server needs the public half only, so that
 * whoever reads its disk can sign nothing.
 */
import { base64url } from "jose";

/** What signs tokens of a service. */
export interface SigningKey {
  /** Names the key in tokens. It follows from the public half. */
  readonly id: string;
  readonly signing: CryptoKey;
  readonly public: PublicKey;
}

/** What tokens are verified with. It is no secret. */
export interface PublicKey {
  readonly id: string;
  /** The Ed25519 key, 32 bytes in base64url. */
  readonly x: string;
}

/** What secrets begin with, so that tools which look for leaked ones find them. */
const SECRET_PREFIX = "psk_";
const SECRET_BYTES = 32;
/** The shortest secret of another origin that is taken: it must not be guessable. */
const SECRET_LENGTH_MIN = 24;
/** A PKCS #8 Ed25519 key without its 32 bytes (RFC 8410). */
const PKCS8_HEAD = new Uint8Array([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);
const DERIVATION = new TextEncoder().encode("perennial token signing key v1");

/** A new secret: 256 random bits. */
export function createSecret(): string {
  return SECRET_PREFIX + base64url.encode(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** The key that follows from a secret. Throws a `RangeError` for one that is too short to be one. */
export async function signingKey(secret: string): Promise<SigningKey> {
  if (secret.length < SECRET_LENGTH_MIN)
    throw new RangeError(`a secret has at least ${SECRET_LENGTH_MIN} characters`);
  const seed = await derive(secret);
  const pkcs8 = new Uint8Array([...PKCS8_HEAD, ...new Uint8Array(seed)]);
  const extractable = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", extractable);
  const signing = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  const id = await keyId(x!);
  return { id, signing, public: { id, x: x! } };
}

async function derive(secret: string): Promise<ArrayBuffer> {
  const input = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, [
    "deriveBits",
  ]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: DERIVATION };
  return crypto.subtle.deriveBits(parameters, input, 8 * SECRET_BYTES);
}

/** The name of a public key: the beginning of its digest. */
async function keyId(x: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(x));
  return base64url.encode(new Uint8Array(digest)).slice(0, 16);
}
