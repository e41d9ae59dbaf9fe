import { hmac } from "@noble/hashes/hmac";
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils";

/** The form of the ids that are given out: a UUID, random (version 4) or derived (version 8). */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a segment of a path, as it was sent, is an id. No other is ever put into a path of the server below. */
export function isStreamId(segment: string): boolean {
  return ID.test(segment);
}

/** What makes two requests the same one. */
export interface Identity {
  readonly key: string;
  readonly method: string;
  readonly url: string;
  /** Names and values of what the request is authorized by: nobody finds the stream of somebody else's credentials. */
  readonly credentials: readonly string[];
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyDigest: string;
}

/** The id of all requests with this identity. Nobody can work it out, or what it was made of, without the secret. */
export function derivedId(secret: string, { key, method, url, credentials, bodyDigest }: Identity): string {
  const parts = [key, method, url, ...credentials, bodyDigest];
  const hex = bytesToHex(hmac(sha256, utf8ToBytes(secret), utf8ToBytes(`create:${JSON.stringify(parts)}`)));
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** SHA-256 of a body, hexadecimal. Where there are threads it takes none of this one's time: bodies are long. */
export async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", body)));
}
