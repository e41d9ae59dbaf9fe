/** A log whose files go away while it is copied, and whose mark and barriers lag so far behind that they tell nothing. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { allocateBlock } from "../codec/bytes.ts";
import { FRAME_HEADER_BYTES, FRAME_KIND, sealFrame } from "../codec/frame.ts";
import type { Disk } from "../disk.ts";
import { MarkFile, readMark } from "../durable-mark.ts";
import { NodeDisk } from "../node-disk.ts";
import { segmentName } from "../segment.ts";
import { copyLog, segmentsInUse, whatIsMissing } from "./copy-log.ts";

const START = 1000;
const root = await mkdtemp(join(tmpdir(), "perennial-copy-log-"));
afterAll(() => rm(root, { recursive: true }));

let log: Disk;
let copy: Disk;

/** Segments 1 to 3, a frame each; only that of the first is marked, and known to be durable by the frames. */
beforeEach(async () => {
  log = new NodeDisk(await mkdtemp(join(root, "log")));
  copy = new NodeDisk(await mkdtemp(join(root, "copy")));
  for (const number of [1, 2, 3]) await writeSegment(segmentName(number), startOf(number));
  const mark = await MarkFile.open(log, await readMark(log), START);
  await mark.write({ position: startOf(2), segment: 1, start: START });
  await mark.close();
});

function startOf(number: number): number {
  return START + (number - 1) * FRAME_HEADER_BYTES;
}

async function writeSegment(name: string, position: number): Promise<void> {
  const block = allocateBlock(FRAME_HEADER_BYTES);
  const place = { position, term: 1, barrier: Math.min(position, startOf(2)) };
  sealFrame(block, 0, FRAME_HEADER_BYTES, FRAME_KIND.termStart, 0, place);
  const file = await log.open(name, false);
  await file.write([block.bytes], 0);
  await file.close();
}

/** Copies the log; `meanwhile` happens once the file `name` is about to be opened, or is open. */
async function copyAnd(
  name: string,
  when: "unopened" | "open",
  meanwhile: () => Promise<void>,
): Promise<string[]> {
  const before = await segmentsInUse(log);
  const openToRead = log.openToRead.bind(log);
  log.openToRead = async (opened) => {
    if (opened === name && when === "unopened") await meanwhile();
    const file = await openToRead(opened);
    if (opened === name && when === "open") await meanwhile();
    return file;
  };
  return copyLog(log, copy, before);
}

test("a copy of a log that stays is whole", async () => {
  const lost = await copyAnd("", "open", async () => {});
  expect(lost).toEqual([]);
  expect(await whatIsMissing(copy, START, 1, lost)).toBeUndefined();
});

test.each([2, 3])("segment %i is missed when it was removed before it was copied", async (number) => {
  const name = segmentName(number);
  const lost = await copyAnd(name, "unopened", () => log.remove(name));
  expect(await whatIsMissing(copy, START, 1, lost)).toContain(name);
});

test("segments are missed that were removed before the files were listed for the copy", async () => {
  const before = await segmentsInUse(log);
  await log.remove(segmentName(2));
  const lost = await copyLog(log, copy, before);
  expect(await whatIsMissing(copy, START, 1, lost)).toContain(segmentName(2));
});

test.each([2, 3])(
  "segment %i is missed when its file was taken for another while it was read",
  async (number) => {
    const name = segmentName(number);
    const lost = await copyAnd(name, "open", async () => {
      await log.rename(name, segmentName(4));
      await writeSegment(segmentName(4), startOf(4));
    });
    expect(await copy.list()).not.toContain(name);
    expect(await whatIsMissing(copy, START, 1, lost)).toContain(name);
  },
);

test("a segment from before the archive's log position may be gone", async () => {
  const mark = await MarkFile.open(log, await readMark(log), START);
  await mark.write({ position: startOf(4), segment: 3, start: startOf(3) });
  await mark.close();
  const lost = await copyAnd(segmentName(1), "unopened", () => log.remove(segmentName(1)));
  expect(lost).toEqual([segmentName(1)]);
  expect(await whatIsMissing(copy, startOf(3), 1, lost)).toBeUndefined();
});

test("a file that is only prepared may be gone", async () => {
  const zeros = await log.open(segmentName(4), false);
  await zeros.write([Buffer.alloc(100)], 0);
  await zeros.close();
  await writeSegment(segmentName(5), startOf(1));
  expect(await segmentsInUse(log)).toEqual([1, 2, 3].map(segmentName));
  const lost = await copyAnd(segmentName(4), "unopened", () => log.remove(segmentName(4)));
  expect(await whatIsMissing(copy, START, 1, lost)).toBeUndefined();
});

test("a segment whose file is another's by now is not in use", async () => {
  const openToRead = log.openToRead.bind(log);
  log.openToRead = async (name) => {
    const file = await openToRead(name);
    if (name !== segmentName(1)) return file;
    await log.rename(name, segmentName(4));
    await writeSegment(segmentName(4), startOf(4));
    return file;
  };
  expect(await segmentsInUse(log)).toEqual([2, 3].map(segmentName));
});
