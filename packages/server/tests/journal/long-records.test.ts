import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { afterAll, describe, expect, test } from "vitest";
import { openArchive } from "../../src/journal/local/archive/open-archive.ts";
import { createLocalLog } from "../../src/journal/local/create-local-log.ts";
import { prepareDirectory } from "../../src/journal/local/data-directory.ts";
import type { Disk, DiskFile } from "../../src/journal/local/disk.ts";
import type { LocalLog } from "../../src/journal/local/local-log.ts";
import { NodeDisk } from "../../src/journal/local/node-disk.ts";
import { append } from "../../src/shard/append.ts";
import { create } from "../../src/shard/create.ts";
import { Shard } from "../../src/shard/shard.ts";
import { NO_BYTES, type StoredBytes } from "../../src/stream/records.ts";
import { contentAtOnce } from "../support/content.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-long-"));
afterAll(() => rm(root, { recursive: true }));

const MIB = 1024 * 1024;
const AHEAD = 256 * 1024;
const SLICE = 128 * 1024;

/** A disk that notes how long each write of the log was, and tells when one begins and when it ends. */
class NotingDisk implements Disk {
  readonly writes: number[] = [];
  onWrite = (_event: "begins" | "ends"): void => {};
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async open(name: string, flushing: boolean): Promise<DiskFile> {
    const file = await this.#disk.open(name, flushing);
    return {
      size: () => file.size(),
      read: (into, position) => file.read(into, position),
      write: async (pieces, position) => {
        if (!flushing) return file.write(pieces, position);
        this.writes.push(pieces.reduce((sum, { length }) => sum + length, 0));
        this.onWrite("begins");
        await file.write(pieces, position);
        this.onWrite("ends");
      },
      flush: () => file.flush(),
      isInPlace: () => file.isInPlace(),
      close: () => file.close(),
    };
  }

  list = () => this.#disk.list();
  openToRead = (name: string) => this.#disk.openToRead(name);
  rename = (from: string, to: string) => this.#disk.rename(from, to);
  remove = (name: string) => this.#disk.remove(name);
  flushDirectory = () => this.#disk.flushDirectory();
}

let directories = 0;

interface World {
  readonly shard: Shard;
  readonly disk: NotingDisk;
  readonly log: LocalLog;
}

async function openWorld(now: () => number, directory: string): Promise<World> {
  await mkdir(directory, { recursive: true });
  const { segments, archiveFile, hasData } = await prepareDirectory(directory);
  const disk = new NotingDisk(new NodeDisk(segments));
  const log = createLocalLog({
    ...{ disk, store: await openArchive(archiveFile, hasData, () => {}), flushing: true },
    ...{
      budgetBytes: 32 * MIB,
      budgetStreams: 1000,
      recoveryBytes: 64 * MIB,
      slabBytes: 64 * 1024,
      shortBytes: 4096,
    },
    ...{ segmentBytes: 1 * MIB, sliceBytes: 2 * SLICE, checkpointIntervalMs: 1e9, newStoreId: () => "test" },
    firstLogPosition: 0,
    rowProducers: 128,
    producerSalt: 1,
    ...{ acceptLoss: false, reserveBytes: 1024, scrub: false, held: [], afterClose: async () => {} },
    report: (what, cause) => expect.fail(`${what}: ${cause.stack}`),
    now,
    after: (ms, run) => void setTimeout(run, ms).unref(),
  });
  const shard = new Shard({
    ...{ log, now: Date.now, random: () => 0, producersPerStream: 10, loadedStreams: 100, aheadBytes: AHEAD },
  });
  await shard.open();
  return { shard, disk, log };
}

async function freshWorld(now = () => performance.now()): Promise<World & { readonly directory: string }> {
  const directory = join(root, String(directories++));
  return { ...(await openWorld(now, directory)), directory };
}

const bytes = (buffer: Buffer): StoredBytes => ({ parts: [buffer], byteLength: buffer.length });

function appendTo({ shard }: World, path: string, contentType: string, body: StoredBytes) {
  return append(shard, path, { body, contentType, closes: false, producer: undefined, streamSeq: undefined });
}

async function make({ shard }: World, path: string, contentType: string, body = NO_BYTES): Promise<void> {
  const command = { ...PLAIN_SETTINGS, path, contentType, body };
  expect((await create(shard, command)).kind).toBe("created");
}

const BINARY = "application/octet-stream";
const JSON_TYPE = "application/json";
const LONG = bytes(Buffer.alloc(5 * MIB + 3, "long"));
const LONG_JSON = `[${"1, ".repeat(MIB)}1]`;

describe("a long record", () => {
  test("is written in short slices, however it comes, and read back, also after a restart", async () => {
    const world = await freshWorld();
    await make(world, "binary", BINARY, LONG);
    await make(world, "json", JSON_TYPE);
    const before = Buffer.alloc(100, "before");
    await appendTo(world, "binary", BINARY, bytes(before));
    await appendTo(world, "binary", BINARY, LONG);
    await appendTo(world, "json", JSON_TYPE, bytes(Buffer.from(LONG_JSON)));
    await appendTo(world, "json", JSON_TYPE, bytes(Buffer.from("[2]")));
    expect(Math.max(...world.disk.writes)).toBeLessThanOrEqual(SLICE);
    const json = `${"1,".repeat(MIB + 1)}2,`;
    const binary = Buffer.concat([LONG.parts[0]!, before, LONG.parts[0]!]).toString();
    const judge = ({ shard }: World): void => {
      for (const [path, content] of Object.entries({ binary, json })) {
        const stream = shard.catalog.newest(path)!;
        expect(contentAtOnce(shard, stream, 0, stream.visibleTail) === content).toBe(true);
      }
    };
    judge(world);
    await world.log.close();
    const again = await openWorld(() => performance.now(), world.directory);
    judge(again);
    await again.log.close();
  });

  test("holds up nobody who comes behind it", async () => {
    const world = await freshWorld();
    await make(world, "long", BINARY);
    await make(world, "short", BINARY);
    let isDone = false;
    const long = appendTo(world, "long", BINARY, LONG).then(() => {
      isDone = true;
    });
    let between = 0;
    while (!isDone) {
      await appendTo(world, "short", BINARY, bytes(Buffer.from("x")));
      between += 1;
    }
    await long;
    // One behind each of its slices, at least, but for those that share a barrier with one.
    expect(between).toBeGreaterThan(5);
    await world.log.close();
  });

  test("that is refused after all leaves nothing behind", async () => {
    const world = await freshWorld();
    await make(world, "closed", BINARY);
    const isUnderWay = new Promise<unknown>((resolve) => {
      world.disk.onWrite = resolve;
    });
    const long = appendTo(world, "closed", BINARY, LONG);
    await isUnderWay;
    const close = { body: NO_BYTES, contentType: undefined, closes: true, producer: undefined };
    expect(await append(world.shard, "closed", { ...close, streamSeq: undefined })).toMatchObject({
      kind: "appended",
    });
    expect(await long).toMatchObject({ kind: "rejected", rejection: { kind: "stream-closed" } });
    await make(world, "other", BINARY, LONG);
    await world.log.close();
    const again = await openWorld(() => performance.now(), world.directory);
    expect(again.shard.catalog.newest("closed")!.visibleTail).toBe(0);
    expect(again.shard.catalog.newest("other")!.visibleTail).toBe(LONG.byteLength);
    await again.log.close();
  });

  test("that is known to be refused once its messages are found is not written", async () => {
    const world = await freshWorld();
    const limited = { ...PLAIN_SETTINGS, contentType: JSON_TYPE, maxBytes: 3 * MIB };
    expect((await create(world.shard, { ...limited, path: "json", body: NO_BYTES })).kind).toBe("created");
    const body = bytes(Buffer.from(`[${LONG_JSON},${LONG_JSON}]`));
    const { length } = world.disk.writes;
    const refused = { kind: "rejected", rejection: { kind: "stream-max-bytes" } };
    expect(await appendTo(world, "json", JSON_TYPE, body)).toMatchObject(refused);
    expect(await create(world.shard, { ...limited, path: "new", body })).toMatchObject(refused);
    // Marks of what is durable may be.
    expect(Math.max(0, ...world.disk.writes.slice(length))).toBeLessThan(100);
    await world.log.close();
  });
});

test("a batch gathers for a few milliseconds at most, however long others make the turns in which more of it comes", async () => {
  let clock = 0;
  // Each look at the clock is a turn of the event loop later, and all turns are slow.
  const world = await freshWorld(() => (clock += 4));
  await make(world, "s", BINARY);
  let turn = 0;
  let endedAt: number | undefined;
  const gathered: number[] = [];
  world.disk.onWrite = (event) => {
    if (event === "begins" && endedAt !== undefined) gathered.push(turn - endedAt);
    endedAt = event === "ends" ? turn : undefined;
  };
  const appends: Promise<unknown>[] = [];
  for (; gathered.length < 5; turn++) {
    appends.push(appendTo(world, "s", BINARY, bytes(Buffer.from("x"))));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Math.max(...gathered)).toBeLessThanOrEqual(4);
  await Promise.all(appends);
  await world.log.close();
});
