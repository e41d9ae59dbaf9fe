import { DurableStreamError } from "../../errors/durable-stream-error.ts";

/**
 * Decodes the payload of a base64 data event (protocol section 14.3). Line breaks are ignored.
 *
 * @throws DurableStreamError `PARSE_ERROR` for anything that is not padded base64
 */
export function decodeBase64(payload: string): Uint8Array {
  const text = payload.replace(/[\r\n]/g, "");
  if (text.length % 4 !== 0) throw invalid(`its length, ${text.length}, is not a multiple of 4`);
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw invalid("it holds characters outside the alphabet");
  }
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

function invalid(reason: string): DurableStreamError {
  return new DurableStreamError(`Failed to decode base64 SSE data: ${reason}.`, "PARSE_ERROR");
}
