import type { Format } from "./format.ts";

/** UTF-8 text. One decoder serves all pages: a character may lie across a boundary. */
export function textFormat(): Format<string> {
  const decoder = new TextDecoder();
  return {
    push: (bytes) => decoder.decode(bytes, { stream: true }),
    finishPage: () => "",
    drop: () => 0,
    event: (payload) => decoder.decode() + payload,
    finish: () => decoder.decode(),
    join: (pieces) => pieces.join(""),
  };
}
