import type { ListedStream } from "@perennial/protocol";
import { expect, test } from "vitest";
import { mergeChanges } from "./merge-changes.ts";
import { mergeSegment } from "./merge-page.ts";

const listed = (path: string, size = 0): ListedStream => ({
  ...{ path, size, contentType: "text/plain", offset: String(size), closed: false },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", lastAppendAt: "2026-01-01T00:00:00.000Z" },
});
const known = (...paths: readonly string[]) =>
  mergeSegment([], { after: "", through: undefined, streams: paths.map((path) => listed(path)) }, 0);

test("new streams stand in their place, changed ones are measured, and those that are gone are gone", () => {
  const changes = { streams: [listed("d"), listed("b", 100), listed("a0")], removed: ["c"] };
  const merged = mergeChanges(known("a", "b", "c"), changes, 1000);
  expect(merged.map(({ path, rate }) => [path, rate])).toEqual([
    ["a", 0],
    ["a0", 0],
    ["b", 100],
    ["d", 0],
  ]);
});

test("a stream that is written to no more comes to rest, and a list at rest stays the same object", () => {
  const none = { streams: [], removed: [] };
  const growing = mergeChanges(known("a"), { streams: [listed("a", 50)], removed: [] }, 1000);
  expect(growing[0]!.rate).toBe(50);
  const still = mergeChanges(growing, none, 2000);
  expect(still[0]!.rate).toBe(0);
  expect(mergeChanges(still, none, 3000)).toBe(still);
});
