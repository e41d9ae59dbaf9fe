/** A body whose bytes look like frames of the log: recovery never takes them for any, since nobody can foresee where they will lie. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Model } from "@perennial/testing/journal";
import { afterAll, expect, test } from "vitest";
import { openArchive } from "../../src/journal/local/archive/open-archive.ts";
import { checkDirectory } from "../../src/journal/local/check-directory.ts";
import { allocateBlock } from "../../src/journal/local/codec/bytes.ts";
import { FRAME_HEADER_BYTES, FRAME_KIND, sealFrame } from "../../src/journal/local/codec/frame.ts";
import { CorruptLog } from "../../src/journal/local/corrupt-log.ts";
import { createLocalLog } from "../../src/journal/local/create-local-log.ts";
import { prepareDirectory } from "../../src/journal/local/data-directory.ts";
import type { LocalLog } from "../../src/journal/local/local-log.ts";
import { NodeDisk } from "../../src/journal/local/node-disk.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { segmentNumber } from "../../src/journal/local/segment.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-forged-"));
afterAll(() => rm(root, { recursive: true }));

const BODY_BYTES = 8192;

/** A log as it would be if logs began at position 0. */
async function openFrom0(directory: string): Promise<LocalLog> {
  const { segments, archiveFile, hasData } = await prepareDirectory(directory);
  return createLocalLog({
    ...{ disk: new NodeDisk(segments), store: await openArchive(archiveFile, hasData, () => {}) },
    ...{
      flushing: true,
      budgetBytes: 2 ** 25,
      budgetStreams: 1000,
      recoveryBytes: 2 ** 26,
      slabBytes: 2 ** 20,
    },
    ...{ shortBytes: 4096, segmentBytes: 2 ** 20, sliceBytes: 2 ** 19, checkpointIntervalMs: 1e9 },
    ...{
      newStoreId: () => "test",
      firstLogPosition: 0,
      rowProducers: 128,
      producerSalt: 1,
      acceptLoss: false,
      reserveBytes: 1024,
      scrub: false,
    },
    ...{ held: [], afterClose: async () => {}, report: () => {}, now: () => performance.now() },
    after: (ms, run) => void setTimeout(run, ms).unref(),
  });
}

/** Frames that say that the log was durable up to them, for a body whose first byte lies at a log position. */
function forged(position: number): string {
  const block = allocateBlock(BODY_BYTES);
  for (let at = 0; at + FRAME_HEADER_BYTES <= BODY_BYTES; at += FRAME_HEADER_BYTES) {
    const place = { position: position + at, term: 9, barrier: position + at };
    sealFrame(block, at, FRAME_HEADER_BYTES, FRAME_KIND.termStart, 0, place);
  }
  return Buffer.from(block.bytes).toString("latin1");
}

/**
 * What a power cut may leave of an append of forged frames: all of it, but for the sector in which it begins. They are made
 * by somebody who knows how much was written before, and takes it that the log begins at position 0.
 */
async function torn(log: LocalLog, live: string): Promise<string> {
  const model = await new Model(log).open();
  const end = () => log.metrics().logBytesTotal!;
  const start = end() - FRAME_HEADER_BYTES;
  const id = model.create();
  let headBytes = 0;
  // The frame before must be intact, and in the same file.
  for (let more = 2; more > 0; more -= log.metrics().segments! > 1 ? 1 : 0) {
    const before = end();
    model.append(id, "x");
    headBytes = end() - before - 1;
    await model.quiet();
  }
  const copy = await mkdtemp(join(root, "copy"));
  for (const name of await readdir(live))
    if (name !== "lock") await cp(join(live, name), join(copy, name), { recursive: true });
  const body = forged(end() - start + headBytes);
  model.append(id, body);
  await model.quiet();
  for (const name of await readdir(join(live, "log"))) {
    if (segmentNumber(name) === undefined) continue;
    const bytes = await readFile(join(live, "log", name));
    const at = bytes.indexOf(body, 0, "latin1");
    if (at > 0) bytes.fill(0, at - headBytes, at);
    await writeFile(join(copy, "log", name), bytes);
  }
  await log.close();
  return copy;
}

async function recovers(log: LocalLog): Promise<string> {
  try {
    const model = await new Model(log).open();
    return await model.text(1);
  } finally {
    await log.close();
  }
}

test("whoever could foresee the place of a body could keep the log from opening after a torn write; nobody can", async () => {
  const foreseen = await mkdtemp(join(root, "foreseen"));
  const trapped = await torn(await openFrom0(foreseen), foreseen);
  await expect(recovers(await openFrom0(trapped))).rejects.toThrow(CorruptLog);

  const directory = await mkdtemp(join(root, "live"));
  const copy = await torn(await openLocalLog({ directory }), directory);
  expect((await checkDirectory(copy)).problems).toEqual([]);
  expect(await recovers(await openLocalLog({ directory: copy }))).toMatch(/^x+$/);
});
