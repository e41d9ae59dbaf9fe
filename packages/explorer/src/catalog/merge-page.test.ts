import type { ListedStream } from "@perennial/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeSegment, type StreamEntry } from "./merge-page.ts";

const stream = (path: string, size = 0): ListedStream => ({
  path,
  size,
  contentType: "text/plain",
  offset: "",
  closed: false,
  createdAt: "2026-01-01T00:00:00.000Z",
  lastAppendAt: "2026-01-01T00:00:00.000Z",
});
const entries = (paths: readonly string[], size = 0): StreamEntry[] =>
  paths.map((path) => ({ ...stream(path, size), seenAt: 0, seenSize: size, rate: 0 }));
const pathsOf = (list: readonly StreamEntry[]) => list.map(({ path }) => path);

const name = fc.stringMatching(/^[a-e]{1,2}$/);
const names = fc.uniqueArray(name, { maxLength: 12 }).map((list) => list.sort());

describe("merging a part of the list", () => {
  test("makes that part what the server says, and leaves the rest", () => {
    fc.assert(
      fc.property(names, names, name, fc.option(name, { nil: undefined }), (known, now, after, through) => {
        fc.pre(through === undefined || after < through);
        const isInside = (path: string) => path > after && (through === undefined || path <= through);
        const streams = now.filter(isInside).map((path) => stream(path));
        const merged = mergeSegment(entries(known), { after, through, streams }, 1000);
        const expected = [...known.filter((path) => !isInside(path)), ...now.filter(isInside)].sort();
        expect(pathsOf(merged)).toEqual(expected);
      }),
    );
  });

  test("measures growth between two looks", () => {
    const segment = { after: "", through: undefined, streams: [stream("a", 500)] };
    expect(mergeSegment(entries(["a"]), segment, 2000)[0]).toMatchObject({ rate: 250, size: 500 });
  });

  test("does not take a new stream of an old name for growth", () => {
    const streams = [{ ...stream("a", 500), createdAt: "2026-01-02T00:00:00.000Z" }];
    expect(mergeSegment(entries(["a"]), { after: "", through: undefined, streams }, 2000)[0]?.rate).toBe(0);
  });

  test("does not measure between looks that are too close", () => {
    const segment = { after: "", through: undefined, streams: [stream("a", 500)] };
    const soon = mergeSegment(entries(["a"]), segment, 10);
    expect(soon[0]).toMatchObject({ rate: 0, size: 500 });
    expect(mergeSegment(soon, segment, 1000)[0]).toMatchObject({ rate: 500, size: 500 });
  });
});
