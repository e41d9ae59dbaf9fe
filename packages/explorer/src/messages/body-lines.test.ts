import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { foldable, jsonLines, textLines, unfoldedLines } from "./body-lines.ts";
import { jsonTokens, prettyJson } from "./json-tokens.ts";

vi.mock(import("./json-tokens.ts"), { spy: true });
beforeEach(() => void vi.mocked(jsonTokens).mockClear());

const textOf = (lines: ReturnType<typeof jsonLines>): readonly string[] =>
  lines.map((line) =>
    line
      .tokens()
      .map(({ text }) => text)
      .join(""),
  );

test("the lines of JSON together are its pretty text, whatever it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      expect(textOf(jsonLines(text)).join("\n")).toBe(prettyJson(text));
    }),
  );
});

test("a long line comes in pieces that are laid out one by one", () => {
  const long = JSON.stringify({ text: "x".repeat(500_000), list: [1] });
  const lines = textOf(jsonLines(long));
  expect(Math.max(...lines.map(({ length }) => length))).toBe(4000);
  expect(lines.join("").replaceAll(/\s/g, "")).toBe(long);
  expect(textOf(textLines(long)).join("")).toBe(long);
});

test("what is folded is shown by the line that opens it, and the rest as it was", () => {
  const lines = jsonLines('{"a":{"b":[1,2],"c":"{"},"d":[],"e":[{"f":1}]}');
  const text = textOf(lines);
  const at = (line: string): number => text.indexOf(line);
  expect([...foldable(lines)].map((index) => text[index])).toEqual([
    '  "a": {',
    '    "b": [',
    '  "e": [',
    "    {",
  ]);
  const folded = new Set([at('  "a": {'), at("    {")]);
  expect(unfoldedLines(lines, folded).map((index) => text[index])).toEqual([
    "{",
    '  "a": {',
    '  "d": [],',
    '  "e": [',
    "    {",
    "  ]",
    "}",
  ]);
  expect(unfoldedLines(lines, new Set())).toHaveLength(lines.length);
});

test("of a megabyte only the lines that are shown are taken apart", () => {
  const text = JSON.stringify(Array.from({ length: 40_000 }, (_, id) => ({ id, on: true })));
  const lines = jsonLines(text);
  expect(lines).toHaveLength(160_002);
  expect(jsonTokens).not.toHaveBeenCalled();
  for (const line of lines.slice(0, 50)) line.tokens();
  expect(jsonTokens).toHaveBeenCalledTimes(50);
});
