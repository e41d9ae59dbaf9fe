/** What is looked for in a stream: a text, an expression between slashes, or conditions on fields. */
import type { Rejected } from "@perennial/protocol";
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { type Comparison, meets, parseComparisons } from "./comparison.ts";
import { jsonOf, valueText } from "./json-rows.ts";
import { linearRegex, type Span } from "./regex/linear-regex.ts";

export interface Query {
  readonly kind: "query";
  readonly matches: (row: Row) => boolean;
  /** The same for a value that is at hand. */
  readonly matchesValue: (value: unknown) => boolean;
  /** The parts of a text to mark, in order. */
  readonly marks: (text: string) => readonly Span[];
}

const decoder = new TextDecoder();
/** What is looked at of a message at most, bytes. */
const SEARCHED_BYTES = 1024 * 1024;
/** Parts of a line that are marked at most. */
const MARKS_MAX = 200;

/**
 * Understands what somebody wrote into a search field: `/expr/` (with `i` and `s`), `field=value` and its like where rows may be
 * JSON, and anything else as text, in any letter case.
 *
 * @returns undefined if it is empty; a refusal says what is wrong with an expression
 */
export function parseQuery(text: string, kind: RowKind): Query | Rejected<string> | undefined {
  if (text === "") return undefined;
  const expression = /^\/(.+)\/([is]*)$/s.exec(text);
  if (expression !== null) {
    const [, source = "", flags = ""] = expression;
    const regex = linearRegex(source, { i: flags.includes("i"), s: flags.includes("s") });
    return regex.kind === "rejected" ? regex : textQuery(regex);
  }
  const comparisons = kind === "binary" ? undefined : parseComparisons(text.trim());
  return comparisons === undefined ? textQuery(plainText(text)) : fieldQuery(comparisons);
}

interface Finder {
  test(text: string): boolean;
  find(text: string, from: number): Span | undefined;
}

function textQuery(finder: Finder): Query {
  return {
    kind: "query",
    matches: ({ bytes }) =>
      finder.test(decoder.decode(bytes.subarray(0, SEARCHED_BYTES)).replace(/\r?\n$/, "")),
    matchesValue: (value) => finder.test(valueText(value)),
    marks: (text) => marksOf(finder, text),
  };
}

function fieldQuery(comparisons: readonly Comparison[]): Query {
  const finders = comparisons
    .filter(({ operator, operand }) => (operator === "=" || operator === "~") && operand !== "")
    .map(({ operand }) => plainText(operand));
  const matchesValue = (value: unknown): boolean =>
    value !== undefined && comparisons.every((comparison) => meets(value, comparison));
  return {
    kind: "query",
    matches: (row) => matchesValue(jsonOf(row)),
    matchesValue,
    marks: (text) =>
      finders
        .flatMap((finder) => marksOf(finder, text))
        .sort((a, b) => a.start - b.start)
        .filter(({ start }, index, all) => index === 0 || start >= all[index - 1]!.end),
  };
}

function marksOf(finder: Finder, text: string): Span[] {
  const marks: Span[] = [];
  for (let at = 0; at <= text.length && marks.length < MARKS_MAX; ) {
    const found = finder.find(text, at);
    if (found === undefined) break;
    if (found.end > found.start) marks.push(found);
    at = Math.max(found.end, found.start + 1);
  }
  return marks;
}

/** A text in any letter case, as an expression of JavaScript: without repetitions it takes no longer than others. */
function plainText(text: string): Finder {
  const pattern = new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu");
  return {
    test: (other) => {
      pattern.lastIndex = 0;
      return pattern.test(other);
    },
    find: (other, from) => {
      pattern.lastIndex = from;
      const match = pattern.exec(other);
      return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
    },
  };
}
