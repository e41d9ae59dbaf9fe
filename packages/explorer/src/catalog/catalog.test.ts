import type { ListedChanges, ListedPage, ListedStream } from "@perennial/protocol";
import { describe, expect, test, vi } from "vitest";
import type { ListQuery } from "../server/listing.ts";
import { Catalog } from "./catalog.ts";

const stream = (path: string): ListedStream => ({
  path,
  size: 1,
  contentType: "text/plain",
  offset: "",
  closed: false,
  createdAt: "2026-01-01T00:00:00.000Z",
  lastAppendAt: "2026-01-01T00:00:00.000Z",
});

/** A server with these streams that gives two a page. */
function catalogOf(paths: Set<string>, isUp: () => boolean = () => true) {
  const waits: (() => void)[] = [];
  const asked: string[] = [];
  const list = async ({ prefix = "", after = "" }: ListQuery): Promise<ListedPage> => {
    if (!isUp()) throw new Error("unreachable");
    asked.push(prefix);
    const page = [...paths].sort().filter((path) => path.startsWith(prefix) && path > after);
    const streams = page.slice(0, 2).map(stream);
    return page.length <= 2 ? { streams } : { streams, next: page[1]! };
  };
  const wait = () => new Promise<void>((resolve) => waits.push(resolve));
  const catalog = new Catalog({ list, changes: async () => undefined, wait, now: () => 0 });
  catalog.start();
  const tick = () => {
    for (const resolve of waits.splice(0)) resolve();
  };
  const shown = () => {
    tick();
    return catalog.snapshot().entries.map(({ path }) => path);
  };
  return { catalog, shown, tick, asked };
}

describe("the catalogue", () => {
  test("comes to hold all streams, and follows what is created and deleted", async () => {
    const paths = new Set(["a", "b", "c", "d", "e"]);
    const { shown, catalog } = catalogOf(paths);
    await vi.waitFor(() => expect(shown()).toEqual(["a", "b", "c", "d", "e"]));
    expect(catalog.snapshot().isComplete).toBe(true);
    paths.delete("b");
    paths.add("f");
    await vi.waitFor(() => expect(shown()).toEqual(["a", "c", "d", "e", "f"]));
  });

  test("asks a server that tells what has changed for nothing else, until that does not know", async () => {
    const server = { paths: new Set(["a", "b"]), told: [] as ListedChanges[], lists: 0 };
    const catalog = new Catalog({
      list: async () => {
        server.lists++;
        return { streams: [...server.paths].sort().map(stream) };
      },
      changes: async (since) =>
        since === undefined
          ? { cursor: "c.0", streams: [], removed: [] }
          : (server.told.shift() ?? { cursor: since, streams: [], removed: [] }),
      wait: () => new Promise((resolve) => setTimeout(resolve)),
      now: () => 0,
    });
    catalog.start();
    const paths = () => catalog.snapshot().entries.map(({ path }) => path);
    await vi.waitFor(() => expect(paths()).toEqual(["a", "b"]));
    server.told.push({ cursor: "c.1", streams: [stream("c")], removed: ["a"] });
    await vi.waitFor(() => expect(paths()).toEqual(["b", "c"]));
    expect(server.lists).toBe(1);
    server.paths = new Set(["d"]);
    server.told.push({ cursor: "d.0", reset: true, streams: [], removed: [] });
    await vi.waitFor(() => expect(paths()).toEqual(["d"]));
    catalog.forget("d");
    await vi.waitFor(() => expect(paths()).toEqual([]));
  });

  test("looks at one stream at once when told to", async () => {
    const paths = new Set(["a", "b", "c"]);
    const { shown, tick, catalog } = catalogOf(paths);
    await vi.waitFor(() => expect(shown()).toEqual(["a", "b", "c"]));
    paths.delete("b");
    await catalog.refresh("b");
    tick();
    await Promise.resolve();
    expect(catalog.snapshot().entries.map(({ path }) => path)).toEqual(["a", "c"]);
    paths.add("bb");
    await catalog.refresh("bb");
    await vi.waitFor(() => expect(shown()).toEqual(["a", "bb", "c"]));
  });

  test("looks often at a stream that is pinned in a long list", async () => {
    const paths = new Set(Array.from({ length: 1002 }, (_, index) => `s-${String(index).padStart(4, "0")}`));
    const { shown, catalog, asked } = catalogOf(paths);
    await vi.waitFor(() => expect(shown()).toHaveLength(1002));
    const unpin = catalog.pin("s-0500");
    const looks = () => asked.filter((prefix) => prefix === "s-0500").length;
    await vi.waitFor(() => expect(shown() && looks()).toBeGreaterThan(2));
    unpin();
    await vi.waitFor(() => expect(shown()).toHaveLength(1002));
    const before = looks();
    for (let round = 0; round < 5; round++) {
      shown();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(looks()).toBeLessThanOrEqual(before + 1);
  });

  test("says that the server cannot be reached, and recovers", async () => {
    let isUp = false;
    const { shown, catalog } = catalogOf(new Set(["a"]), () => isUp);
    await vi.waitFor(() => expect(catalog.snapshot().failure).toBe("unreachable"));
    isUp = true;
    await vi.waitFor(() => expect(shown()).toEqual(["a"]));
    expect(catalog.snapshot().failure).toBeUndefined();
  });
});
