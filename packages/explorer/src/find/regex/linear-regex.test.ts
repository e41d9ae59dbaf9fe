import { Random, replayOf, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { type LinearRegex, linearRegex } from "./linear-regex.ts";

const PLAIN = { i: false, s: false };

function regex(source: string, flags = PLAIN): LinearRegex {
  const parsed = linearRegex(source, flags);
  if (parsed.kind === "rejected") throw new Error(parsed.rejection);
  return parsed;
}

test.each([
  ["err(or)?s?", "2 errors", { start: 2, end: 8 }],
  ["^\\d+$", "12a", undefined],
  ["[^a-c\\s]+", "ab dé c", { start: 3, end: 5 }],
  ["\\bcat\\b", "concat cat", { start: 7, end: 10 }],
  ["a{2,3}", "a aaaa", { start: 2, end: 5 }],
  ["(?:x|yz)+", "yzx", { start: 0, end: 3 }],
  ["(?<year>\\d{4})", "in 2026", { start: 3, end: 7 }],
  [".", "😀", { start: 0, end: 2 }],
  ["\\u0041\\x42", "AB", { start: 0, end: 2 }],
  ["a{,2}", "a{,2}", { start: 0, end: 5 }],
])("%s finds in %s what it should", (source, text, found) => {
  expect(regex(source).find(text, 0)).toEqual(found);
});

test("letter case and line breaks count unless the flags say otherwise", () => {
  expect(regex("Straße").test("STRAßE")).toBe(false);
  expect(regex("Straße", { i: true, s: false }).test("STRAßE")).toBe(true);
  expect(regex("[A-C]", { i: true, s: false }).test("b")).toBe(true);
  expect(regex("a.b").test("a\nb")).toBe(false);
  expect(regex("a.b", { i: false, s: true }).test("a\nb")).toBe(true);
});

test.each([
  ["(a", "A “(” has no “)”"],
  ["a)", "There is a “)” without its “(”"],
  ["[a", "A “[” has no “]”"],
  ["*a", "There is nothing to repeat before “*”"],
  ["(?=a)", "Looking ahead and behind is not supported"],
  ["(a)\\1", "“\\1” is not supported"],
  ["(a{100}){100}", "The expression is too long"],
  ["[z-a]", "A range between “[” and “]” ends before it begins"],
  ["a\\", "There is nothing behind the last “\\”"],
  ["deep groups", "The groups lie too deep in each other", "(".repeat(5000)],
])("%s is refused in words", (name, reason, source = name) => {
  expect(linearRegex(source, PLAIN)).toEqual({ kind: "rejected", rejection: reason });
});

test("expressions that take JavaScript for ever take no longer than others", () => {
  expect(regex("^(a+)+$").test(`${"a".repeat(20_000)}!`)).toBe(false);
  expect(regex("(.*)*(.*)*x").test("y".repeat(20_000))).toBe(false);
});

/** An expression that both sides understand. */
function anExpression(random: Random, depth: number): string {
  const atom = (): string =>
    depth > 0 && random.chance(0.3)
      ? `(${random.chance(0.5) ? "?:" : ""}${anExpression(random, depth - 1)})`
      : random.pick(["a", "b", "c", ".", "[ab]", "[^a]", "\\w", "\\d", "1", " ", "\\s"]);
  const part = (): string => atom() + random.pick(["", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", "*?"]);
  const border = (): string => (random.chance(0.1) ? random.pick(["^", "$", "\\b", "\\B"]) : "");
  const sequence = (): string =>
    Array.from({ length: random.integer(1, 4) }, () => border() + part()).join("") + border();
  return Array.from({ length: random.integer(1, 3) }, sequence).join("|");
}

const seeds = new Seeds(1500);

test(`finds something where JavaScript's expressions do, and at the same place (${seeds})`, () => {
  for (const seed of seeds) {
    const random = new Random(seed);
    const source = anExpression(random, 2);
    const parsed = linearRegex(source, PLAIN);
    if (parsed.kind === "rejected") {
      expect(parsed.rejection).toBe("The expression is too long");
      continue;
    }
    const text = Array.from({ length: random.below(12) }, () =>
      random.pick(["a", "b", "c", "1", " ", "\n"]),
    ).join("");
    const expected = new RegExp(source).exec(text)?.index;
    expect(parsed.find(text, 0)?.start, `${source} in ${JSON.stringify(text)}, ${replayOf(seed)}`).toBe(
      expected,
    );
    expect(parsed.test(text)).toBe(expected !== undefined);
  }
});
