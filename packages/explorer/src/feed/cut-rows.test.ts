import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCutter, type Row, type RowKind, rowKind } from "./cut-rows.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes in pieces that end at the given places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

function cut(kind: RowKind, position: number, parts: readonly Uint8Array[]) {
  const cutter = createCutter(kind, position);
  const rows = parts.flatMap((part) => cutter.push(part));
  return { rows, rest: cutter.rest() };
}

const texts = (rows: readonly Row[]) => rows.map(({ bytes }) => decoder.decode(bytes));
const cuts = fc.array(fc.nat(), { maxLength: 6 });

describe("rows", () => {
  test("of a JSON stream are its messages, wherever pieces and answers are cut", () => {
    const message = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
      fc.constantFrom('"],["', '{"a":"\\\\\\""}', "[[],[{}]]", '"\\u005d"'),
    );
    const answers = fc.array(fc.array(message, { maxLength: 4 }), { maxLength: 3 });
    fc.assert(
      fc.property(answers, cuts, fc.nat({ max: 1e9 }), (lists, at, position) => {
        const body = encoder.encode(lists.map((list) => `[${list.join(",")}]`).join(""));
        const { rows } = cut("json", position, pieces(body, at));
        expect(texts(rows)).toEqual(lists.flat());
        let expected = position;
        for (const { position: begin, end, bytes } of rows) {
          expect([begin, end]).toEqual([expected, expected + bytes.length + 1]);
          expected = end;
        }
      }),
    );
  });

  test("of a JSON stream stand where the server stores them, whatever white space an answer has", () => {
    const { rows } = cut("json", 7, [encoder.encode('[ ][\n 1,\n {"a": 2} ]\n')]);
    expect(texts(rows)).toEqual(["1", '{"a": 2}']);
    expect(rows.map(({ position, end }) => [position, end])).toEqual([
      [7, 9],
      [9, 18],
    ]);
  });

  test("of text are its lines, and what follows the last line break is the rest", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r") }), cuts, (text, at) => {
        const { rows, rest } = cut("text", 5, pieces(encoder.encode(text), at));
        const lines = text.split("\n");
        expect(texts(rows)).toEqual(lines.slice(0, -1).map((line) => `${line}\n`));
        expect(decoder.decode(rest)).toBe(lines.at(-1));
        if (rows.length > 0) expect(rows[0]!.position).toBe(5);
      }),
    );
  });

  test("of text are never longer than 4096 bytes, and cut no character", () => {
    const text = `x${"é".repeat(4000)}\n`;
    const { rows, rest } = cut("text", 0, [encoder.encode(text)]);
    expect(texts(rows).join("")).toBe(text);
    expect(texts(rows).join("")).not.toContain("\ufffd");
    expect(Math.max(...rows.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(4096);
    expect(rest).toHaveLength(0);
  });

  test("of anything else are sixteen bytes", () => {
    const { rows, rest } = cut("binary", 32, [new Uint8Array(20), new Uint8Array(20)]);
    expect(rows.map(({ position, end }) => [position, end])).toEqual([
      [32, 48],
      [48, 64],
    ]);
    expect(rest).toHaveLength(8);
  });

  test.each([
    ["application/json", "json"],
    ["application/json; charset=utf-8", "json"],
    ["text/plain", "text"],
    ["application/x-ndjson", "text"],
    ["application/jsonl; charset=utf-8", "text"],
    ["application/xml", "text"],
    ["image/svg+xml", "text"],
    ["application/octet-stream", "binary"],
    ["application/xmlish", "binary"],
  ] as const)("%s is cut as %s", (contentType, kind) => expect(rowKind(contentType)).toBe(kind));
});
