import { cp, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Model } from "@perennial/testing/journal";
import { afterAll, expect, test } from "vitest";
import { chunkKey, pathKey, STORE_KEY, streamKey } from "../../src/journal/local/archive/keys.ts";
import { LmdbStore } from "../../src/journal/local/archive/lmdb-store.ts";
import { decodeStoreRow } from "../../src/journal/local/archive/rows.ts";
import { checkDirectory } from "../../src/journal/local/check-directory.ts";
import { CorruptLog } from "../../src/journal/local/corrupt-log.ts";
import { DirectoryInUse } from "../../src/journal/local/directory-lock.ts";
import { MarkFile, readMark } from "../../src/journal/local/durable-mark.ts";
import { NodeDisk } from "../../src/journal/local/node-disk.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-check-"));
afterAll(() => rm(root, { recursive: true }));

/** A directory as a server leaves it; `crash` leaves the last records in the log. */
async function populated(crash: boolean): Promise<{ directory: string; id: number }> {
  const directory = await mkdtemp(join(root, "d"));
  const log = await openLocalLog({ directory, checkpointIntervalMs: 1_000_000 });
  const model = await new Model(log).open();
  const id = model.create({ expiresAt: 9_000_000 });
  model.append(id, "x".repeat(100_000));
  const fork = model.fork(id, 50_000);
  for (let count = 0; count < 50; count++) {
    model.append(fork, `own bytes ${count}`);
    await model.quiet();
  }
  if (!crash) {
    await log.close();
    return { directory, id };
  }
  const copy = await mkdtemp(join(root, "d"));
  await log.checkpoint();
  for (let count = 0; count < 20; count++) {
    model.append(id, `after the checkpoint ${count}`);
    await model.quiet();
  }
  // What a kill would leave behind, while the log itself is still open.
  const entries = (await readdir(directory)).filter((name) => name !== "lock");
  for (const name of entries) await cp(join(directory, name), join(copy, name), { recursive: true });
  await log.close();
  return { directory: copy, id };
}

async function tamper(directory: string, key: Uint8Array, value?: Uint8Array): Promise<void> {
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  await store.write([{ key, value }]);
  await store.close();
}

async function newestSegment(directory: string): Promise<string> {
  const names = (await readdir(join(directory, "log"))).sort();
  for (const name of names.reverse()) {
    const bytes = await readFile(join(directory, "log", name));
    if (bytes.subarray(0, 16).some((byte) => byte !== 0)) return join(directory, "log", name);
  }
  throw new Error("no segment is in use");
}

/** Where a text lies in a file. */
async function find(file: string, text: string): Promise<number> {
  return (await readFile(file)).indexOf(text);
}

/** As if the crash had come before anything since the checkpoint was marked as durable. */
async function markNothing(directory: string): Promise<void> {
  const disk = new NodeDisk(join(directory, "log"));
  const found = await readMark(disk);
  if (found.kind !== "mark") throw new Error("there is no mark");
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  const { logPosition } = decodeStoreRow(store.get(STORE_KEY)!);
  await store.close();
  const file = await MarkFile.open(disk, found, logPosition);
  await file.write({ ...found.mark, position: logPosition });
  await file.close();
}

async function flipByte(file: string, position: number): Promise<void> {
  const handle = await open(file, "r+");
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, position);
  byte[0]! ^= 0xff;
  await handle.write(byte, 0, 1, position);
  await handle.close();
}

test("a directory that was closed is in order", async () => {
  const { directory } = await populated(false);
  const steps: number[] = [];
  const report = await checkDirectory(directory, (done) => steps.push(done));
  expect(report).toMatchObject({ streams: 2, records: 0, problems: [], tornTail: false });
  expect(report.archivedBytes).toBe(100_000 + 50 * 11 + 40);
  expect(steps.at(-1)).toBe(2);
});

test("a directory after a crash is in order, with records to be replayed", async () => {
  const { directory } = await populated(true);
  expect(await checkDirectory(directory)).toMatchObject({ records: 20, problems: [] });
});

test("a check changes nothing", async () => {
  const { directory } = await populated(true);
  const segment = await newestSegment(directory);
  const before = await readFile(segment);
  await checkDirectory(directory);
  await checkDirectory(directory);
  expect((await readFile(segment)).equals(before)).toBe(true);
});

test("a damaged record in the middle of the log is found, and keeps a server from starting", async () => {
  const { directory } = await populated(true);
  const segment = await newestSegment(directory);
  await flipByte(segment, await find(segment, "after the checkpoint 5"));
  const report = await checkDirectory(directory);
  expect(report.problems).toHaveLength(1);
  expect(report.problems[0]).toMatch(/segment-\d+, offset \d+/);
  const log = await openLocalLog({ directory });
  await expect(new Model(log).open()).rejects.toThrow(CorruptLog);
  await log.close();
});

test("a record that is cut off at the end of the log is no damage", async () => {
  const { directory } = await populated(true);
  const segment = await newestSegment(directory);
  await markNothing(directory);
  await flipByte(segment, await find(segment, "after the checkpoint 19"));
  expect(await checkDirectory(directory)).toMatchObject({ records: 19, problems: [], tornTail: true });
});

test("what does not agree in the archive is named", async () => {
  const { directory, id } = await populated(false);
  await tamper(directory, chunkKey(id, 65_536));
  await tamper(directory, pathKey(`/streams/${id}`));
  await tamper(directory, streamKey(id + 1));
  const { problems, problemCount } = await checkDirectory(directory);
  expect(problems).toEqual([
    `stream ${id} (/streams/${id}): its path leads nowhere`,
    `stream ${id} (/streams/${id}): bytes from 65536 to 100000 are missing`,
    "the archive counts 2 streams, but holds 1",
    `stream ${id} counts 1 forks, but has 0`,
  ]);
  expect(problemCount).toBe(4);
});

test("a directory in use, and one without a format, are not checked", async () => {
  const { directory } = await populated(false);
  const log = await openLocalLog({ directory });
  await expect(checkDirectory(directory)).rejects.toThrow(DirectoryInUse);
  await log.close();
  await rm(join(directory, "format"));
  await expect(checkDirectory(directory)).rejects.toThrow("not a data directory");
  await writeFile(join(directory, "format"), "99");
  await expect(checkDirectory(directory)).rejects.toThrow("format 99");
});
