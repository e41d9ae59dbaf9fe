import { describe, expect, test } from "vitest";
import type { StreamEntry } from "./merge-page.ts";
import { treeAction } from "./tree-keys.ts";
import { foldersOf, matchingRows, type TreeRow, treeRows } from "./tree-rows.ts";

const entry = (path: string, size = 1): StreamEntry => ({
  path,
  size,
  contentType: "text/plain",
  offset: "",
  closed: false,
  createdAt: "",
  lastAppendAt: "",
  seenAt: 0,
  seenSize: size,
  rate: size,
});
const ENTRIES = ["a", "a-b", "a/1", "a/2/x", "a/2/y", "b/1", "caf%C3%A9/1"].map((path) => entry(path));
const shown = (rows: readonly TreeRow[]) => rows.map(({ name, depth }) => " ".repeat(depth) + name);

describe("the tree of streams", () => {
  test("has folders by slashes, and what is in those that are open", () => {
    const open = new Set(["a/", "a/2/"]);
    expect(shown(treeRows(ENTRIES, (folder) => open.has(folder)))).toEqual([
      "a",
      "a-b",
      "a/",
      " 1",
      " 2/",
      "  x",
      "  y",
      "b/",
      "café/",
    ]);
  });

  test("sums up what is in a folder", () => {
    const [, , folder] = treeRows(ENTRIES, () => false);
    expect(folder).toMatchObject({ path: "a/", count: 3, size: 3, rate: 3, isOpen: false });
  });

  test("finds streams by words of their readable paths", () => {
    expect(shown(matchingRows(ENTRIES, "CAFÉ 1"))).toEqual(["café/1"]);
    expect(shown(matchingRows(ENTRIES, "a 2 "))).toEqual(["a/2/x", "a/2/y"]);
    expect(matchingRows(ENTRIES, "nothing")).toEqual([]);
  });

  test("names the folders around a stream", () => {
    expect(foldersOf("a/2/x")).toEqual(["a/", "a/2/"]);
    expect(foldersOf("a")).toEqual([]);
  });
});

test("keys move through the tree, and open and close its folders", () => {
  const open = new Set(["a/"]);
  const rows = treeRows(ENTRIES, (folder) => open.has(folder)); // a, a-b, a/, 1, 2/, b/, café/
  const action = (key: string, at: number) => treeAction(key, at, rows, 5);
  const moves = (...rows: readonly number[]) => rows.map((to) => ({ kind: "move", to }));
  expect([action("j", 0), action("ArrowUp", 3), action("PageDown", 1), action("End", 0)]).toEqual(
    moves(1, 2, 6, 6),
  );
  expect([action("ArrowRight", 4), action("ArrowLeft", 2)]).toEqual([
    { kind: "toggle", isOpen: true },
    { kind: "toggle", isOpen: false },
  ]);
  expect([action("ArrowLeft", 3), action("ArrowRight", 2)]).toEqual(moves(2, 3));
  expect([action("Enter", 0), action("x", 0), treeAction("j", 0, [], 5)]).toEqual([
    { kind: "open" },
    undefined,
    undefined,
  ]);
});
