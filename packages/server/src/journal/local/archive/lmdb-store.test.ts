/** What LMDB itself finds wrong with its file is damage of what was asked for, and of nothing else. */
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DamagedData } from "../../contract/index.ts";
import { describedArchive } from "./archive-file.ts";
import { chunkKey } from "./keys.ts";
import { LmdbStore } from "./lmdb-store.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-lmdb-"));
afterAll(() => rm(root, { recursive: true }));

const ENTRIES = 500;

/** An archive whose keys lie in many leaves, of which the first is no page of any kind any more. */
async function withDamagedLeaf(): Promise<LmdbStore> {
  const path = join(root, "archive.lmdb");
  const store = new LmdbStore(path);
  const value = new Uint8Array(300);
  await store.write(Array.from({ length: ENTRIES }, (_, id) => ({ key: chunkKey(id, 0), value })));
  await store.close();
  const file = await open(path, "r");
  const { dataRoot, pageBytes } = (await describedArchive(file))!;
  await file.close();
  const bytes = await readFile(path);
  const branch = Number(dataRoot) * pageBytes;
  const leaf = bytes.readUIntLE(branch + 24 + bytes.readUInt16LE(branch + 24), 6);
  bytes.writeUInt16LE(0, leaf * pageBytes + 18);
  await writeFile(path, bytes);
  return new LmdbStore(path);
}

test("a leaf that LMDB cannot read is damage of its keys, however they are asked for", async () => {
  const store = await withDamagedLeaf();
  const [first, last, end] = [chunkKey(0, 0), chunkKey(ENTRIES - 1, 0), chunkKey(ENTRIES, 0)];
  const reads = {
    get: () => store.get(first),
    last: () => store.last(first, first),
    entries: () => store.entries(first, end, 3),
    keys: () => store.keys(first, end, 3),
  };
  for (const read of Object.values(reads)) {
    expect(read).toThrow(DamagedData);
    expect(read).toThrow("the chunk of stream 0 at position 0 cannot be read: the archive is damaged there");
    // What lies elsewhere is there all the same, right after it, too.
    expect(store.get(last)).toHaveLength(300);
    expect(store.entries(last, end, 3)).toHaveLength(1);
  }
  await store.close();
});
