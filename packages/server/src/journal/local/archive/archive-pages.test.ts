/** What LMDB makes of its file is understood, however it came about; what it would write over is refused. */
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@perennial/testing";
import { afterAll, expect, test } from "vitest";
import { describedArchive } from "./archive-file.ts";
import { examinePages } from "./archive-pages.ts";
import { chunkKey } from "./keys.ts";
import { LmdbStore } from "./lmdb-store.ts";
import { openArchive } from "./open-archive.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-pages-"));
afterAll(() => rm(root, { recursive: true }));

/** Chunks of all sizes come and go, so that there are long values, branches, and runs of free pages. */
async function churn(path: string, seed: number, transactions: number): Promise<void> {
  const random = new Random(seed);
  const store = new LmdbStore(path);
  for (let count = 0; count < transactions; count++) {
    const changes = new Map<number, Uint8Array | undefined>();
    for (let change = 0; change < 100; change++)
      changes.set(random.below(600), random.chance(0.4) ? undefined : new Uint8Array(random.below(40_000)));
    if (random.chance(0.1)) for (let id = 0; id < 400; id++) changes.set(id, undefined);
    await store.write([...changes].map(([id, value]) => ({ key: chunkKey(id, 0), value })));
    await examinePages(path, "all");
  }
  await store.close();
}

test("after every transaction each page is of one use", async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`archive from seed ${seed}`);
  await churn(join(root, "churned"), seed, 30);
});

test("a new archive and an empty file pass", async () => {
  await new LmdbStore(join(root, "new")).close();
  await examinePages(join(root, "new"), "all");
  await writeFile(join(root, "empty"), "");
  await examinePages(join(root, "empty"), "all");
});

test("any bit of a free page's number is noticed: the next transaction would write over data", async () => {
  const path = join(root, "flipped");
  await churn(path, 1, 3);
  const whole = await readFile(path);
  const file = await open(path, "r");
  const { freeRoot, pageBytes } = (await describedArchive(file))!;
  await file.close();
  const page = Number(freeRoot) * pageBytes;
  // The node that comes first in the page was put there last; its value ends where the next node begins.
  const nodes = Array.from(
    { length: whole.readUInt16LE(page + 20) >>> 1 },
    (_, index) => page + 24 + whole.readUInt16LE(page + 24 + 2 * index),
  );
  const node = nodes.find((at) => (whole.readUInt16LE(at + 4) & 1) === 0)!;
  const value = node + 8 + whole.readUInt16LE(node + 6);
  let unnoticed = 0;
  for (let bit = 0; bit < 64; bit++) {
    const damaged = Buffer.from(whole);
    damaged[value + 8 + (bit >>> 3)]! ^= 1 << (bit & 7);
    await writeFile(path, damaged);
    await examinePages(path, "all").catch(({ message }: Error) => {
      expect(message).toContain(`the archive ${path} is damaged: `);
      unnoticed -= 1;
    });
    unnoticed += 1;
  }
  expect(unnoticed).toBe(0);
  const last = await readFile(path);
  await expect(openArchive(path, true, () => {})).rejects.toThrow("is damaged: ");
  expect((await readFile(path)).equals(last)).toBe(true);
});

test("a check notices any bit of where the data begins and of what that page says it is", async () => {
  const path = join(root, "data");
  await churn(path, 2, 3);
  const whole = await readFile(path);
  const file = await open(path, "r");
  const { dataRoot, pageBytes } = (await describedArchive(file))!;
  await file.close();
  const page = Number(dataRoot) * pageBytes;
  expect(whole.readUInt16LE(page + 18)).toBe(1);
  const node = page + 24 + whole.readUInt16LE(page + 24);
  for (const at of [0, 1, 7, 18]
    .map((offset) => page + offset)
    .concat([0, 1, 3, 4, 5].map((o) => node + o))) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << bit;
      await writeFile(path, damaged);
      await expect(examinePages(path, "all"), `bit ${bit} of ${at - page}`).rejects.toThrow("is damaged: ");
    }
  }
});
