import { expect, test } from "vitest";
import type { Row } from "../feed/cut-rows.ts";
import { Hits, KEPT_HITS } from "./hits.ts";
import { parseQuery } from "./query.ts";

const encoder = new TextEncoder();
const rowOf = (text: string, position: number): Row => ({
  ...{ position, end: position + 10, bytes: encoder.encode(text) },
});

function hitsOf(text: string): Hits {
  const query = parseQuery(text, "json");
  if (query?.kind !== "query") throw new Error("no query");
  return new Hits(query);
}

test("hits have the numbers of their rows", () => {
  const hits = hitsOf("n=1");
  hits.apply([rowOf('{"n":1}', 0), rowOf('{"n":2}', 10)]);
  hits.apply([rowOf('{"n":1}', 20)]);
  expect(hits.kept.map(({ number, row }) => [number, row.position])).toEqual([
    [0, 0],
    [2, 20],
  ]);
});

test("all are counted, and the newest are kept", () => {
  const hits = hitsOf("x");
  for (let page = 0; page < 10; page++)
    hits.apply(Array.from({ length: 1000 }, (_, row) => rowOf('"x"', page * 1000 + row)));
  expect(hits.count).toBe(10_000);
  expect(hits.kept.length).toBe(KEPT_HITS);
  expect(hits.kept.at(-1)!.number).toBe(9999);
  const long = `"${"x".repeat(1024 * 1024)}"`;
  for (let row = 0; row < 20; row++) hits.apply([rowOf(long, row)]);
  expect(hits.kept.length).toBe(7);
});
