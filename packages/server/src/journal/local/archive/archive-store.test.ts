/** LMDB and the simulated store are the same to the archive: one suite over both. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@perennial/testing";
import { SimulatedMachine } from "@perennial/testing/journal";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ArchiveStore, Change } from "./archive-store.ts";
import { LmdbStore } from "./lmdb-store.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-store-"));
afterAll(() => rm(root, { recursive: true }));

interface Opened {
  readonly store: ArchiveStore;
  write(changes: readonly Change[]): Promise<void>;
}

let files = 0;

function openLmdb(): Opened {
  files += 1;
  const store = new LmdbStore(join(root, `${files}.lmdb`));
  return { store, write: (changes) => store.write(changes) };
}

function openSimulated(): Opened {
  const machine = new SimulatedMachine(new Random(1));
  const store = machine.store();
  const write = async (changes: readonly Change[]) => {
    const written = store.write(changes);
    machine.step();
    await written;
  };
  return { store, write };
}

const key = (...bytes: number[]) => Uint8Array.from(bytes);
const text = (value: Uint8Array | undefined) =>
  value === undefined ? undefined : Buffer.from(value).toString();
const put = (bytes: Uint8Array, value: string): Change => ({ key: bytes, value: Buffer.from(value) });

describe.each([
  ["LmdbStore", openLmdb],
  ["the simulated store", openSimulated],
])("%s", (_name, open) => {
  let store: ArchiveStore;
  let write: Opened["write"];
  beforeEach(async () => {
    ({ store, write } = open());
    const changes = [put(key(4, 1, 0), "a"), put(key(4, 1, 5), "b"), put(key(4, 2, 0), "c"), put(key(5), "")];
    await write([...changes, put(key(4, 1), "short")]);
  });
  afterEach(() => store.close());

  test("a value is found under its key, also an empty one", () => {
    expect(text(store.get(key(4, 1, 5)))).toBe("b");
    expect(text(store.get(key(5)))).toBe("");
    expect(store.get(key(4, 1, 4))).toBeUndefined();
  });

  test("the last entry of a range is found, both ends included", () => {
    expect(text(store.last(key(4, 1, 0), key(4, 1, 9))?.value)).toBe("b");
    expect(text(store.last(key(4, 1, 0), key(4, 1, 5))?.value)).toBe("b");
    expect(text(store.last(key(4, 1, 0), key(4, 1, 4))?.value)).toBe("a");
    expect(text(store.last(key(4, 1, 0), key(4, 1, 0))?.value)).toBe("a");
    expect(store.last(key(4, 2, 1), key(4, 2, 9))).toBeUndefined();
    expect(store.last(key(3, 0, 0), key(3, 9, 9))).toBeUndefined();
  });

  test("a range is sorted byte by byte, without its end", () => {
    const keys = store.keys(key(4), key(4, 2, 0), 10).map((found) => [...found]);
    expect(keys).toEqual([
      [4, 1],
      [4, 1, 0],
      [4, 1, 5],
    ]);
    expect(store.entries(key(4), key(9), 2).map(({ value }) => text(value))).toEqual(["short", "a"]);
    expect(store.keys(key(6), key(9), 2)).toEqual([]);
  });

  test("a transaction changes and removes", async () => {
    await write([
      { key: key(4, 1, 5), value: undefined },
      put(key(4, 1, 0), "changed"),
      put(key(0xff), "new"),
    ]);
    expect(store.get(key(4, 1, 5))).toBeUndefined();
    expect(text(store.get(key(4, 1, 0)))).toBe("changed");
    expect(text(store.get(key(0xff)))).toBe("new");
  });

  test("large values and many changes are stored whole", async () => {
    const changes = Array.from({ length: 300 }, (_, index) => ({
      key: key(7, index >> 8, index & 255),
      value: Buffer.alloc(20_000, index & 255),
    }));
    await write(changes);
    for (const { key: at, value } of changes) expect(value.equals(store.get(at)!)).toBe(true);
  });
});
