import { expect, test } from "vitest";
import { parseQuery } from "../find/query.ts";
import { parseExactly } from "./exact-json.ts";
import type { Entity } from "./replay.ts";
import { nextSort, type Sort, tableView } from "./table-view.ts";

const entity = (key: string, json: string): Entity => ({
  ...{ key, value: parseExactly(json), changedAt: 0, isDeleted: false },
});
const ENTITIES = [
  entity("b", '{"n":10,"name":"Ada"}'),
  entity("a", '{"n":9007199254740993}'),
  entity("d", '{"n":9007199254740992,"name":"Bob"}'),
  entity("c", '{"n":"x"}'),
  entity("e", "7"),
];

const keys = (text: string, sort?: Sort): string => {
  const query = parseQuery(text, "json");
  if (query?.kind === "rejected") throw new Error(query.rejection);
  return tableView(ENTITIES, query, sort)
    .map(({ key }) => key)
    .join("");
};

test("entities stay in their order, or are sorted by key", () => {
  expect(keys("")).toBe("badce");
  expect(keys("", { column: undefined, isDown: false })).toBe("abcde");
  expect(keys("", { column: undefined, isDown: true })).toBe("edcba");
});

test("numbers are sorted by all their digits, before texts, and what is missing comes last", () => {
  expect(keys("", { column: "n", isDown: false })).toBe("bdace");
  expect(keys("", { column: "n", isDown: true })).toBe("cadbe");
});

test("a filter looks at keys and members", () => {
  expect(keys("name=Ada")).toBe("b");
  expect(keys("key=e")).toBe("e");
  expect(keys("bob")).toBe("d");
  expect(keys("value=7")).toBe("e");
});

test("a click at a head sorts up, then down, then not at all", () => {
  const up = nextSort(undefined, "n");
  const down = nextSort(up, "n");
  expect([up?.isDown, down?.isDown, nextSort(down, "n"), nextSort(down, "m")?.isDown]).toEqual([
    ...[false, true, undefined, false],
  ]);
});
