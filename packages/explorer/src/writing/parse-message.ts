/** What is written in the append box, as the bytes that a stream takes. */
import { type Rejected, reject } from "@perennial/protocol";
import type { RowKind } from "../feed/cut-rows.ts";

export type ParsedMessage =
  | { readonly kind: "message"; readonly body: string | Uint8Array<ArrayBuffer> }
  | { readonly kind: "empty" }
  | Rejected<string>;

/** What to write, for who has written nothing yet. */
export const MESSAGE_HINTS = {
  json: 'A JSON value, such as {"text": "Hello"}',
  text: "A line of text",
  binary: "Bytes in hex, such as 48 65 6c 6c 6f",
} as const satisfies Record<RowKind, string>;

/** Checks a text for a stream of this kind: one JSON value, a line of text, or bytes in hex. */
export function parseMessage(text: string, kind: RowKind): ParsedMessage {
  if (text.trim() === "") return { kind: "empty" };
  if (kind === "json") return parseJson(text);
  if (kind === "text") return { kind: "message", body: text.endsWith("\n") ? text : `${text}\n` };
  return parseHex(text);
}

function parseJson(text: string): ParsedMessage {
  try {
    JSON.parse(text);
  } catch (error) {
    return reject((error as Error).message);
  }
  return { kind: "message", body: text };
}

function parseHex(text: string): ParsedMessage {
  const digits = text.replace(/\s/g, "");
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits))
    return reject("bytes are pairs of hexadecimal digits, such as 48 65 6c");
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return { kind: "message", body: bytes };
}
