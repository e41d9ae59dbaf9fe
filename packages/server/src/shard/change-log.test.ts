import { expect, test } from "vitest";
import { ChangeLog } from "./change-log.ts";

function logOf(options: { readonly paths?: number; readonly unasked?: number } = {}) {
  let epochs = 0;
  return new ChangeLog({ now: () => 1000, random: () => ++epochs / 100, ...options });
}

test("who begins learns a place, and from there each path that changed, once, in the order of last changes", () => {
  const log = logOf();
  log.note("/before");
  const begun = log.since(undefined, 10);
  expect(begun.paths).toBeUndefined();
  for (const path of ["/a", "/b", "/a"]) log.note(path);
  const first = log.since(begun.place, 10);
  expect(first.paths).toEqual(["/b", "/a"]);
  expect(log.since(first.place, 10).paths).toEqual([]);
  log.note("/c");
  expect(log.since(first.place, 10).paths).toEqual(["/c"]);
  expect(log.since(begun.place, 10).paths).toEqual(["/b", "/a", "/c"]);
});

test("many changes come in parts, and none is left out", () => {
  const log = logOf();
  let { place } = log.since(undefined, 2);
  for (const path of ["/a", "/b", "/c"]) log.note(path);
  const told: string[] = [];
  for (;;) {
    const { paths, place: next } = log.since(place, 2);
    if (paths!.length === 0) break;
    told.push(...paths!);
    place = next;
  }
  expect(told).toEqual(["/a", "/b", "/c"]);
});

test("who comes too late, or from another keeping of the changes, begins anew", () => {
  const log = logOf({ paths: 2 });
  const { place } = log.since(undefined, 10);
  for (const path of ["/a", "/b", "/c"]) log.note(path);
  expect(log.since(place, 10).paths).toBeUndefined();
  expect(log.since({ ...place, epoch: "other" }, 10).paths).toBeUndefined();
});

test("what nobody asks for is not kept", () => {
  const log = logOf({ unasked: 3 });
  const { place } = log.since(undefined, 10);
  for (let count = 0; count < 4; count++) log.note("/a");
  const next = log.since(place, 10);
  expect(next.paths).toBeUndefined();
  expect(next.place.epoch).not.toBe(place.epoch);
});
