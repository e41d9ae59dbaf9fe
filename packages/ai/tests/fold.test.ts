import { foldChunks } from "@perennial/ai";
import { expect, test } from "vitest";
import { piece, type TestChunk, testFormat } from "./support/format.ts";

const whole = (value: unknown): TestChunk => ({ type: "whole", value });

test.each<[string, TestChunk[], TestChunk[]]>([
  ["nothing is nothing", [], []],
  ["pieces of one name are one", [piece("a"), piece("b"), piece("c")], [piece("abc")]],
  [
    "pieces of several names may alternate",
    [piece("a", "1"), piece("x", "2"), piece("b", "1"), piece("y", "2")],
    [piece("ab", "1"), piece("xy", "2")],
  ],
  [
    "a whole chunk stays where it is between pieces",
    [piece("a"), whole(1), piece("b"), piece("c")],
    [piece("a"), whole(1), piece("bc")],
  ],
])("%s", (_, chunks, folded) => {
  expect(foldChunks(testFormat, chunks)).toEqual(folded);
});
