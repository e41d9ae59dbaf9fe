import { expect, test } from "vitest";
import { cutAtMarks } from "./cut-at-marks.ts";
import { jsonTokens } from "./json-tokens.ts";

test("marks go over tokens, and all of the text stays", () => {
  const text = '{"ab":1}';
  const pieces = cutAtMarks(jsonTokens(text), [
    { start: 0, end: 3 },
    { start: 4, end: 7 },
  ]);
  expect(pieces.map(({ text: piece }) => piece).join("")).toBe(text);
  expect(pieces.filter(({ isMarked }) => isMarked).map(({ text: piece }) => piece)).toEqual([
    ...["{", '"a', '"', ":", "1"],
  ]);
});

test("without marks tokens stay as they are", () => {
  expect(cutAtMarks(jsonTokens("[1]"), [])).toHaveLength(3);
});
