/** Acknowledged data that is gone from the log is noticed, whatever became of it, and never passes for a torn end. */
import { cp, mkdtemp, open, readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Model } from "@perennial/testing/journal";
import { afterAll, describe, expect, test } from "vitest";
import { checkDirectory } from "../../src/journal/local/check-directory.ts";
import { CorruptLog } from "../../src/journal/local/corrupt-log.ts";
import { readMark } from "../../src/journal/local/durable-mark.ts";
import type { LocalLog } from "../../src/journal/local/local-log.ts";
import { NodeDisk } from "../../src/journal/local/node-disk.ts";
import { type LocalLogOptions, openLocalLog } from "../../src/journal/local/open-local-log.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-losses-"));
afterAll(() => rm(root, { recursive: true }));

const MEBIBYTE = "x".repeat(1024 * 1024);

/** What a kill leaves of a log of two segments with an older checkpoint, once all was marked; its newest segment. */
async function killed(): Promise<{ directory: string; newest: string; ids: number[] }> {
  const live = await mkdtemp(join(root, "live"));
  const log = await openLocalLog({ directory: live, budgetBytes: 128 * 1024 * 1024 });
  const model = await new Model(log).open();
  const ids = [model.create(), model.create()];
  await model.quiet();
  await log.checkpoint();
  for (let count = 0; count < 20; count++) {
    model.append(ids[0]!, MEBIBYTE);
    await model.quiet();
  }
  model.append(ids[1]!, "the last of all");
  await model.quiet();
  await marked(log, live);
  const directory = await copyOf(live);
  await log.close();
  return { directory, newest: join(directory, "log", await segmentWith(directory)), ids };
}

async function copyOf(live: string): Promise<string> {
  const copy = await mkdtemp(join(root, "copy"));
  for (const name of await readdir(live))
    if (name !== "lock") await cp(join(live, name), join(copy, name), { recursive: true });
  return copy;
}

/** Resolves once everything accepted is marked as durable. */
async function marked(log: LocalLog, directory: string): Promise<void> {
  for (;;) {
    const found = await readMark(new NodeDisk(join(directory, "log")));
    if (found.kind === "mark" && found.mark.position === log.metrics().logBytesTotal) return;
  }
}

/** The segment that holds the last durable byte. */
async function segmentWith(directory: string): Promise<string> {
  const found = await readMark(new NodeDisk(join(directory, "log")));
  if (found.kind !== "mark") throw new Error("nothing is marked");
  return `segment-${String(found.mark.segment).padStart(12, "0")}`;
}

async function overwrite(file: string, position: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "r+");
  await handle.write(bytes, 0, bytes.length, position);
  await handle.close();
}

async function expectRefused(directory: string, says: RegExp): Promise<void> {
  const { problems } = await checkDirectory(directory);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(says);
  const log = await openLocalLog({ directory });
  const opening = new Model(log).open();
  await expect(opening).rejects.toThrow(CorruptLog);
  await expect(opening).rejects.toThrow(says);
  await log.close();
}

async function reopened(directory: string, options: Partial<LocalLogOptions> = {}): Promise<Model> {
  return new Model(await openLocalLog({ directory, ...options })).open();
}

describe("after a kill, a start is refused and a check fails when", () => {
  test("nothing is wrong, neither is", async () => {
    const { directory, ids } = await killed();
    expect((await checkDirectory(directory)).problems).toEqual([]);
    const model = await reopened(directory);
    expect(await model.text(ids[1]!)).toBe("the last of all");
    expect(model.stateOf(ids[0]!).tail).toBe(20 * MEBIBYTE.length);
    await model.log.close();
  });

  test("the newest segment is missing", async () => {
    const { directory, newest } = await killed();
    await rm(newest);
    await expectRefused(directory, /the segment from log position \d+ on is missing/);
  });

  test("the newest segment is empty", async () => {
    const { directory, newest } = await killed();
    await truncate(newest);
    await expectRefused(directory, /should begin at log position \d+, but is empty or damaged/);
  });

  test("the newest segment is short", async () => {
    const { directory, newest } = await killed();
    const found = await readMark(new NodeDisk(join(directory, "log")));
    const { mark } = found as Extract<typeof found, { kind: "mark" }>;
    await truncate(newest, mark.position - mark.start - 5);
    await expectRefused(directory, /were acknowledged up to \d+|is empty or damaged/);
  });

  test("the last record is damaged", async () => {
    const { directory, newest } = await killed();
    const found = await readMark(new NodeDisk(join(directory, "log")));
    const { mark } = found as Extract<typeof found, { kind: "mark" }>;
    await overwrite(newest, mark.position - mark.start - 3, Buffer.from("X"));
    await expectRefused(directory, /were acknowledged up to \d+|is empty or damaged/);
  });

  test("the file that says so is missing or damaged", async () => {
    const { directory } = await killed();
    const file = join(directory, "log", "durable");
    await rename(file, `${file}.away`);
    await expectRefused(directory, /how far the log was durable is missing.*file durable/);
    await writeFile(file, Buffer.alloc(8192, 7));
    await expectRefused(directory, /how far the log was durable is damaged/);
  });

  test("all of the log is gone", async () => {
    const { directory } = await killed();
    await rm(join(directory, "log"), { recursive: true });
    await expectRefused(directory, /is missing.*file durable/);
  });
});

test("one slot of the mark may be damaged", async () => {
  const { directory, ids } = await killed();
  await overwrite(join(directory, "log", "durable"), 0, Buffer.alloc(40, 9));
  const model = await reopened(directory);
  expect(await model.text(ids[1]!)).toBe("the last of all");
  await model.log.close();
});

test("with the loss accepted, the log goes on with what comes before it, and is whole again", async () => {
  const { directory, newest, ids } = await killed();
  await rm(newest);
  const told: string[] = [];
  const report = (what: string) => told.push(what);
  const model = await reopened(directory, { acceptLoss: true, report });
  expect(told).toEqual(["acknowledged data is lost, as was accepted"]);
  expect(model.stateOf(ids[0]!).tail).toBeLessThan(20 * MEBIBYTE.length);
  expect(model.stateOf(ids[1]!).tail).toBe(0);
  model.append(ids[1]!, "new");
  await model.quiet();
  await model.log.close();
  expect((await checkDirectory(directory)).problems).toEqual([]);
  const again = await reopened(directory);
  expect(await again.text(ids[1]!)).toBe("new");
  await again.log.close();
});

test("a record that was never marked is cut off as a torn end", async () => {
  const { directory, newest } = await killed();
  const found = await readMark(new NodeDisk(join(directory, "log")));
  const { mark } = found as Extract<typeof found, { kind: "mark" }>;
  // The beginning of a frame for the place behind the last.
  const frame = Buffer.alloc(60, 1);
  frame.writeUInt32LE(60, 4);
  frame.writeBigUInt64LE(BigInt(mark.position), 8);
  frame.writeUInt32LE(9, 16);
  await overwrite(newest, mark.position - mark.start, frame);
  expect(await checkDirectory(directory)).toMatchObject({ problems: [], tornTail: true });
});

test("a data directory that is deleted underneath ends all writing, and is told", async () => {
  const directory = await mkdtemp(join(root, "deleted"));
  let hear: (cause: Error) => void = () => {};
  const heard = new Promise<Error>((resolve) => {
    hear = resolve;
  });
  const model = await reopened(directory, { report: (_what, cause) => hear(cause) });
  const id = model.create();
  await model.quiet();
  expect(model.log.health()).toBe("ok");
  await rm(directory, { recursive: true });
  // Or the next segment could not be prepared, if that was under way.
  expect((await heard).message).toMatch(/was deleted or replaced while the server ran|ENOENT/);
  expect(model.log.health()).toBe("read-only");
  expect(() => model.append(id, "into the void")).toThrow();
  expect(model.log.metrics().diskTroublesTotal).toBeGreaterThan(0);
  await model.log.close();
});
