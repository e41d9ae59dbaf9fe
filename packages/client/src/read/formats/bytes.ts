import { joinBytes } from "../../bytes.ts";
import type { Format } from "./format.ts";

const NOTHING = /* @__PURE__ */ new Uint8Array();

/** Bytes as they are. */
export function bytesFormat(): Format<Uint8Array> {
  const encoder = new TextEncoder();
  return {
    push: (bytes) => bytes,
    finishPage: () => NOTHING,
    drop: () => 0,
    event: (payload) => encoder.encode(payload),
    finish: () => NOTHING,
    join: joinBytes,
  };
}
