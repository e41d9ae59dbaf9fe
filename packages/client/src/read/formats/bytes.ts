import { joinBytes } from "@perennial/protocol";
import type { Format } from "./format.ts";

/** Bytes as they are. */
export function bytesFormat(): Format<Uint8Array> {
  const encoder = new TextEncoder();
  const nothing = () => new Uint8Array();
  return {
    push: (bytes) => bytes,
    finishPage: nothing,
    drop: () => 0,
    event: (payload) => encoder.encode(payload),
    finish: nothing,
    join: joinBytes,
  };
}
