import { styleText } from "node:util";

/** Strings with the colon behind them if they are keys, numbers, and words. What else there is needs no colour. */
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g;

/** A JSON text in colours: keys, strings, numbers, and the words that are values. */
export function coloured(text: string): string {
  return text.replace(TOKENS, (token, string: string | undefined, colon: string | undefined) => {
    if (string !== undefined) return paint(colon === undefined ? "green" : "cyan", string) + (colon ?? "");
    return paint(/^[tfn]/.test(token) ? "magenta" : "yellow", token);
  });
}

function paint(colour: "green" | "cyan" | "magenta" | "yellow", text: string): string {
  return styleText(colour, text, { validateStream: false });
}
