import { expect, test } from "vitest";
import { type ForkedStream, forkFamily, forkName } from "./fork-family.ts";

const stream = (path: string, size: number, source?: string, at = 0): ForkedStream => ({
  path,
  size,
  ...(source !== undefined && { forkedFrom: { path: source, offset: String(at) } }),
});
const STREAMS = [
  stream("a", 100),
  stream("a-late", 120, "a", 80),
  stream("a-early", 90, "a", 20),
  stream("a-early-x", 95, "a-early", 60),
  stream("b", 10),
];
const family = (path: string, streams = STREAMS) => forkFamily(streams, path, Number);

test("a family is drawn the same from each of its members", () => {
  const expected = family("a");
  expect(expected.map(({ path, lane, parentLane, from, to }) => [path, lane, parentLane, from, to])).toEqual([
    ["a", 0, undefined, 0, 100],
    ["a-early", 1, 0, 20, 90],
    ["a-early-x", 2, 1, 60, 95],
    ["a-late", 3, 0, 80, 120],
  ]);
  for (const path of ["a-late", "a-early-x"]) expect(family(path)).toEqual(expected);
});

test("a stream without forks is a family of one", () => {
  expect(family("b").map(({ path }) => path)).toEqual(["b"]);
});

test("a source that is gone is known from its forks", () => {
  const nodes = family("a-early-x", STREAMS.slice(1));
  expect(nodes[0]).toMatchObject({ path: "a", exists: false, to: 80 });
  expect(nodes).toHaveLength(4);
});

test("names that were used again make no endless family", () => {
  const circle = [stream("x", 10, "y", 5), stream("y", 10, "x", 5)];
  expect(
    family("x", circle)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(["x", "y"]);
});

test("a fork gets a name of its own", () => {
  const taken = new Set(["a-fork", "a-fork-2"]);
  expect(forkName("a", (name) => taken.has(name))).toBe("a-fork-3");
});
