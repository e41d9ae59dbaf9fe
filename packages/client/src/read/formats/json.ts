import { joinBytes, parseJson } from "@perennial/protocol";
import { parseError } from "../../errors/parse-error.ts";
import type { Format } from "./format.ts";
import { lastCut } from "./last-cut.ts";

/** From this length on, in bytes, a page is parsed while it arrives. Below, all at once is faster. */
export const INCREMENTAL_PARSE_LENGTH = 256 * 1024;

/** JSON messages: the elements of each page's array. A page that is no array counts as one message. */
export function jsonFormat<T>(): Format<readonly T[]> {
  const decoder = new TextDecoder();
  /** What has arrived of the page and is not parsed yet. */
  let held: Uint8Array[] = [];
  let length = 0;
  /** The length at which to parse. It doubles when that is in vain, so that nothing is scanned over and over. */
  let parseAt = INCREMENTAL_PARSE_LENGTH;
  /** The opening bracket of what is left of the page, once its beginning was parsed. */
  let opening = "";

  const hold = (bytes: Uint8Array) => {
    held = [bytes];
    length = bytes.length;
    parseAt = Math.max(INCREMENTAL_PARSE_LENGTH, 2 * length);
  };
  /** Parses a page up to where it is cut, and holds the rest. */
  const take = (page: Uint8Array, cut: number, closing: string): readonly T[] => {
    const text = opening + decoder.decode(page.subarray(0, cut)) + closing;
    opening = closing && "[";
    hold(page.subarray(cut + 1));
    return parse(text);
  };

  return {
    push(bytes) {
      held.push(bytes);
      length += bytes.length;
      if (length < parseAt) return [];
      const page = joinBytes(held);
      const cut = lastCut(page, opening.length);
      if (cut >= 0) return take(page, cut, "]");
      hold(page);
      return [];
    },
    finishPage() {
      return take(joinBytes(held), length, "");
    },
    drop() {
      const dropped = length;
      hold(new Uint8Array());
      return dropped;
    },
    event: parse<T>,
    finish: () => [],
    join: (pieces) => pieces.flat() as T[],
  };
}

function parse<T>(text: string): readonly T[] {
  const value = parseJson(text.trim() || "[]");
  if (value === undefined) throw parseError("JSON response", text);
  return Array.isArray(value) ? (value as T[]) : [value as T];
}
