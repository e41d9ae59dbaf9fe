/** JSON text in pieces of one kind each, for colours. Works on text that is cut off or no JSON at all. */

export type TokenKind = "key" | "string" | "number" | "literal" | "plain";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN =
  /("[^"\\]*(?:\\.[^"\\]*)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([^"\-\dtfn]+|.)/gs;

/** Tokens that together are the text. */
export function jsonTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [whole, string, colon, number, literal] of text.matchAll(TOKEN)) {
    if (string !== undefined) {
      tokens.push({ kind: colon === undefined ? "string" : "key", text: string });
      if (colon !== undefined) tokens.push({ kind: "plain", text: colon });
    } else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (literal !== undefined) tokens.push({ kind: "literal", text: literal });
    else tokens.push({ kind: "plain", text: whole });
  }
  return tokens;
}

/**
 * JSON text with line breaks and indents. Values keep their text, so big numbers and repeated names stay as they are.
 */
export function prettyJson(text: string): string {
  let depth = 0;
  let out = "";
  const lineBreak = (): string => `\n${"  ".repeat(depth)}`;
  for (const [piece] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"?|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    if (piece === "{" || piece === "[") {
      depth++;
      out += piece + lineBreak();
    } else if (piece === "}" || piece === "]") {
      depth = Math.max(0, depth - 1);
      out += lineBreak() + piece;
    } else if (piece === ",") out += piece + lineBreak();
    else if (piece === ":") out += ": ";
    else out += piece.startsWith("{") || piece.startsWith("[") ? piece.replace(/\s/g, "") : piece;
  }
  return out;
}
