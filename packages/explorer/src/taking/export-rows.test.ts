import { expect, test } from "vitest";
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { columnsWith, exporter, type Format, WHOLE } from "./export-rows.ts";

const encoder = new TextEncoder();

function rowsOf(...texts: readonly string[]): Row[] {
  return texts.map((text, at) => ({ position: at * 10, end: at * 10 + 10, bytes: encoder.encode(text) }));
}

/** The file of two portions of rows. */
function fileOf(
  format: Format,
  kind: RowKind,
  columns: readonly string[],
  ...texts: readonly string[]
): string {
  const { begin, write, end } = exporter(format, kind, columns);
  const rows = rowsOf(...texts);
  const pieces = [rows.slice(0, 1), [], rows.slice(1)].flatMap(write);
  const decoder = new TextDecoder();
  return begin + pieces.map((piece) => decoder.decode(piece)).join("") + end;
}

test("NDJSON has a message on each line, as it was sent", () => {
  const file = fileOf("ndjson", "json", [], '{"n":12345678901234567890}', '{\n  "a": "x\\ny"\n}');
  expect(file).toBe('{"n":12345678901234567890}\n{   "a": "x\\ny" }\n');
  expect(fileOf("ndjson", "text", [], 'say "hi"\r\n', "end")).toBe('"say \\"hi\\""\n"end"\n');
});

test("a JSON array is one, with no message, one or more", () => {
  expect(fileOf("json", "json", [])).toBe("[]\n");
  expect(JSON.parse(fileOf("json", "json", [], "1"))).toEqual([1]);
  expect(JSON.parse(fileOf("json", "json", [], "1", "[2]", '{"a":3}'))).toEqual([1, [2], { a: 3 }]);
});

test("CSV has the offset and the columns, quoted where it must be", () => {
  const file = fileOf("csv", "json", ["a", "b.c", WHOLE], '{"a":"x,\\"y\\"","b":{"c":1.50}}', '"z\\n"');
  expect(file).toBe('offset,a,b.c,value\r\n0,"x,""y""",1.50,\r\n10,,,"z\n"\r\n');
});

test("a spreadsheet runs nothing that a message holds, and numbers stay numbers", () => {
  expect(fileOf("csv", "json", ["a"], '{"a":"=1+1"}', '{"a":-5}')).toBe("offset,a\r\n0,'=1+1\r\n10,-5\r\n");
});

test("raw is what was written", () => {
  expect(fileOf("raw", "text", [], "a\r\n", "b")).toBe("a\r\nb");
});

test("columns are gathered from all rows, up to a bound", () => {
  const first = columnsWith([], rowsOf('{"a":1}', "7"));
  expect(columnsWith(first, rowsOf('{"b":{"c":1}}'))).toEqual([WHOLE, "a", "b.c"]);
  const many = Array.from({ length: 50 }, (_, row) =>
    JSON.stringify(Object.fromEntries([...Array(30).keys()].map((n) => [`f${row}-${n}`, 1]))),
  );
  const all = many.reduce<readonly string[]>((known, text) => columnsWith(known, rowsOf(text)), []);
  expect(all).toHaveLength(200);
});
