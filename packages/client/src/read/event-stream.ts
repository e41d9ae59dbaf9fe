import { parseControl, STREAM_SSE_DATA_ENCODING, sseDecoder } from "@perennial/protocol";
import { parseError } from "../errors/parse-error.ts";
import type { Control } from "./position.ts";

const UNCONFIRMED_LENGTH_MAX = 128 * 1024 * 1024;

/** A control event with the payloads of the data events before it. */
export interface Flush {
  readonly payloads: readonly string[];
  readonly control: Control;
}

/**
 * Decodes the bytes of one SSE connection into flushes. Data events wait for their control event: without it they
 * have no offset and will be sent again, so what a connection's end leaves unconfirmed is dropped. Events of other
 * types are skipped.
 *
 * The returned function takes the next bytes and returns the flushes that they complete. It throws
 * `DurableStreamError` `PARSE_ERROR` for a control event that does not parse and for events without bound.
 *
 * @param lengthMax - what may arrive with no control event in it, in bytes
 */
export function flushDecoder(lengthMax = UNCONFIRMED_LENGTH_MAX): (bytes: Uint8Array) => Flush[] {
  const text = new TextDecoder();
  const decode = sseDecoder();
  let payloads: string[] = [];
  let length = 0;
  return (bytes) => {
    const flushes: Flush[] = [];
    length += bytes.length;
    for (const { event, data } of decode(text.decode(bytes, { stream: true }))) {
      if (event === "data") payloads.push(data);
      else if (event === "control") {
        const control = parseControl(data);
        if (control === undefined) throw parseError("SSE control event", data);
        flushes.push({ payloads, control });
        payloads = [];
        length = 0;
      }
    }
    if (length > lengthMax) throw parseError("SSE event", "too large");
    return flushes;
  };
}

/** Whether the data events of a response are base64. Each connection says so for itself. */
export function isBase64({ headers }: Response): boolean {
  return headers.get(STREAM_SSE_DATA_ENCODING)?.toLowerCase() === "base64";
}
