import { parseError } from "../../errors/parse-error.ts";

/**
 * Decodes the payload of a base64 data event (protocol §14.3). Line breaks are ignored.
 *
 * @throws DurableStreamError `PARSE_ERROR` for anything that is not padded base64
 */
export function decodeBase64(payload: string): Uint8Array {
  const text = payload.replace(/[\r\n]/g, "");
  try {
    // `atob` takes text that lacks its padding too.
    if (text.length % 4 === 0) return bytesOf(atob(text));
  } catch {
    // It is no base64, padded or not.
  }
  throw parseError("base64 SSE data", text);
}

/** The bytes that a string holds, one in each code unit. */
function bytesOf(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
