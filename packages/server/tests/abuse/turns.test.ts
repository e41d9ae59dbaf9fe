/**
 * What one client asks for is carried out in steps, however much it is: counted in units of work, not in time. The clock that
 * says when a turn is over goes on by a millisecond each time somebody looks at it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Log } from "../../src/journal/contract/index.ts";
import { ByteReader } from "../../src/journal/local/codec/bytes.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { Tails } from "../../src/journal/local/tails.ts";
import { MemoryLog } from "../../src/journal/memory/memory-log.ts";
import { append } from "../../src/shard/append.ts";
import { wholeSlice } from "../../src/shard/bytes.ts";
import { create } from "../../src/shard/create.ts";
import { list } from "../../src/shard/list.ts";
import { livesPage } from "../../src/shard/lives.ts";
import { producers } from "../../src/shard/producers.ts";
import { readOut } from "../../src/shard/reading.ts";
import { remove } from "../../src/shard/remove.ts";
import { Shard } from "../../src/shard/shard.ts";

/** Counts units of work, and the most of them in one turn of the event loop. */
class TurnMeter {
  #units = 0;
  #isOver = false;
  most = 0;
  turns = 0;

  constructor() {
    const look = (): void => {
      this.most = Math.max(this.most, this.#units);
      this.#units = 0;
      this.turns += 1;
      if (!this.#isOver) setImmediate(look);
    };
    setImmediate(look);
  }

  count(): void {
    this.#units += 1;
  }

  stop(): void {
    this.#isOver = true;
    this.most = Math.max(this.most, this.#units);
  }
}

/** Counts the calls of a method. */
function counted<Name extends string>(
  subject: Record<Name, (...given: never[]) => unknown>,
  name: Name,
): TurnMeter {
  const meter = new TurnMeter();
  const method = subject[name].bind(subject);
  subject[name] = (...given) => {
    meter.count();
    return method(...given);
  };
  return meter;
}

beforeEach(() => {
  let clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock++);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const TEXT = "text/plain";
const PATH = "/v1/stream/";

async function opened(log: Log): Promise<Shard> {
  const limits = { producersPerStream: 100_000, loadedStreams: 1_000_000 };
  const shard = new Shard({ log, now: () => 1_000_000, random: () => 0, ...limits });
  await shard.open();
  return shard;
}

async function make(shard: Shard, name: string, source?: string): Promise<void> {
  const fork =
    source === undefined ? undefined : { sourcePath: PATH + source, anchor: undefined, subOffset: 0 };
  const bytes = Buffer.from(`[${name}]`);
  const outcome = await create(shard, {
    ...PLAIN_SETTINGS,
    ...{ path: PATH + name, contentType: TEXT, fork },
    body: { parts: [bytes], byteLength: bytes.length },
  });
  expect(outcome.kind).toBe("created");
}

function addTo(shard: Shard, name: string, text: string, producerId?: string) {
  const bytes = Buffer.from(text);
  const producer = producerId === undefined ? undefined : { id: producerId, epoch: 0, seq: 0 };
  const body = { parts: [bytes], byteLength: bytes.length };
  return append(shard, PATH + name, {
    body,
    contentType: TEXT,
    closes: false,
    producer,
    streamSeq: undefined,
  });
}

test("thirty readers at once of a fork of a hundred generations read little in each turn", async () => {
  const log = new MemoryLog("test");
  const shard = await opened(log);
  await make(shard, "0");
  for (let generation = 1; generation < 100; generation++)
    await make(shard, String(generation), String(generation - 1));
  const stream = shard.catalog.newest(`${PATH}99`)!;
  const meter = counted(log, "read");
  const all = await Promise.all(
    Array.from({ length: 30 }, () => readOut(wholeSlice(shard, stream, 0, stream.visibleTail))),
  );
  meter.stop();
  const expected = Array.from({ length: 100 }, (_, generation) => `[${generation}]`).join("");
  for (const bytes of all) expect(Buffer.from(bytes).toString()).toBe(expected);
  // Each its first piece, and then some steps of sixteen.
  expect(meter.most).toBeLessThanOrEqual(30 + 5 * 16);
});

test("twenty lists at once look at few paths in each turn", async () => {
  const shard = await opened(new MemoryLog("test"));
  for (let index = 0; index < 1500; index++) await make(shard, `s${index}`);
  const meter = counted(shard.catalog as never, "peek" as never);
  const request = { prefix: PATH, after: PATH, limit: 1000 };
  const pages = await Promise.all(Array.from({ length: 20 }, () => list(shard, request)));
  meter.stop();
  for (const page of pages) expect(page.streams).toHaveLength(1000);
  expect(meter.most).toBeLessThanOrEqual(5 * 100);
});

test("a page of producers is found in steps, sorted, however many there are", async () => {
  const shard = await opened(new MemoryLog("test"));
  await make(shard, "s");
  const ids = Array.from({ length: 12_000 }, (_, index) => `p${(index * 7919) % 12_000}`);
  await Promise.all(ids.map((id) => addTo(shard, "s", "x", id)));
  const meter = new TurnMeter();
  const page = await producers(shard, { path: `${PATH}s`, after: "p3", limit: 500 });
  meter.stop();
  const sorted = ids.filter((id) => id > "p3").sort();
  expect(page).toMatchObject({ kind: "producers", next: sorted[499] });
  expect(page.kind === "producers" && page.producers.map(({ id }) => id)).toEqual(sorted.slice(0, 500));
  expect(meter.turns).toBeGreaterThanOrEqual(3);
});

describe("on a disk", () => {
  let directory = "";

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "perennial-turns-"));
  });

  afterEach(() => rm(directory, { recursive: true }));

  test("one read, and one step of a checkpoint, goes over few appends, however short they are", async () => {
    const log = await openLocalLog({ directory, durability: "os", scrub: false });
    const shard = await opened(log);
    await make(shard, "s");
    const content = Array.from({ length: 20_000 }, (_, index) => String(index % 10)).join("");
    for (let at = 0; at < content.length; at += 1000)
      await Promise.all([...content.slice(at, at + 1000)].map((character) => addTo(shard, "s", character)));
    const { state } = shard.catalog.newest(`${PATH}s`)!;
    const pieces = (): string[] => {
      const found: string[] = [];
      for (let at = 0; at < state.tail; at += found.at(-1)!.length)
        found.push(Buffer.from(log.read(state.id, at, state.tail)).toString());
      return found;
    };
    const longest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
    const hot = pieces();
    expect(hot.join("")).toBe(`[s]${content}`);
    expect(longest(hot)).toBeLessThanOrEqual(5 * 64 + 3);
    const meter = new TurnMeter();
    const { copyOut } = Tails.prototype;
    const spy = vi.spyOn(Tails.prototype, "copyOut").mockImplementation(function (this: Tails, ...given) {
      meter.count();
      copyOut.apply(this, given);
    });
    await log.checkpoint();
    meter.stop();
    // Two thousand appends each.
    for (const [, from, to] of spy.mock.calls) expect(to - from).toBeLessThanOrEqual(33 * 64 + 3);
    expect(spy.mock.calls.length).toBeGreaterThanOrEqual(9);
    expect(meter.most).toBeLessThanOrEqual(5);
    expect(pieces().join("")).toBe(`[s]${content}`);
    await log.close();
  });

  test("of streams that remember many producers few are read in each turn, however many a list asks for", async () => {
    const log = await openLocalLog({ directory, durability: "os", scrub: false, checkpointIntervalMs: 1e9 });
    const shard = await opened(log);
    const names = Array.from({ length: 40 }, (_, index) => `s${100 + index}`);
    const producers = Array.from({ length: 100 }, (_, index) => `p${index}`);
    for (const name of names) {
      await make(shard, name);
      await Promise.all(producers.map((id) => addTo(shard, name, "x", id)));
    }
    await log.checkpoint();
    for (const name of names) expect(shard.catalog.evict(shard.catalog.newest(PATH + name)!)).toBe(true);
    const meter = counted(log.archive as never, "byPath" as never);
    const { streams } = await list(shard, { prefix: PATH, after: PATH, limit: 1000 });
    meter.stop();
    expect(streams.map(({ path }) => path)).toEqual(names.map((name) => PATH + name));
    expect(meter.most).toBeLessThanOrEqual(5);
    const page = livesPage(shard.catalog, "", 1000);
    expect([page.lives.map(({ path }) => path), page.next]).toEqual([[`${PATH}s100`], `${PATH}s100`]);
    await log.close();
  });

  test("of the producers that streams remember few are brought back for reads, forks and appends", async () => {
    const log = await openLocalLog({ directory, durability: "os", scrub: false, checkpointIntervalMs: 1e9 });
    const shard = await opened(log);
    const ids = Array.from({ length: 2000 }, (_, index) => `p${index}`);
    const names = Array.from({ length: 8 }, (_, generation) => `g${generation}`);
    for (const [generation, name] of names.entries()) {
      await make(shard, name, names[generation - 1]);
      await Promise.all(ids.map((id) => addTo(shard, name, "x", id)));
    }
    const evictAll = async () => {
      await log.checkpoint();
      for (const stream of [...shard.catalog.streams()]) expect(shard.catalog.evict(stream)).toBe(true);
    };
    await evictAll();
    const brought = vi.spyOn(ByteReader.prototype, "f64");
    // A row has a few moments of its own.
    const OWN = 10;
    const newest = shard.catalog.newest(PATH + names.at(-1)!)!;
    expect((await readOut(wholeSlice(shard, newest, 0, newest.visibleTail))).length).toBeGreaterThan(
      8 * 2000,
    );
    await make(shard, "fork", names.at(-1));
    expect(brought.mock.calls.length).toBeLessThanOrEqual(8 * OWN);
    for (const name of names) {
      brought.mockClear();
      expect(await addTo(shard, name, "y", "p1999")).toMatchObject({ kind: "repeated" });
      expect(await addTo(shard, name, "y", "new")).toMatchObject({ kind: "appended" });
      // A page for each.
      expect(brought.mock.calls.length).toBeLessThanOrEqual(2 * 40 + OWN);
    }
    brought.mockClear();
    await evictAll();
    expect(brought.mock.calls.length).toBeLessThanOrEqual(9 * OWN);
    // What was not brought back is still there.
    expect(await addTo(shard, names[3]!, "y", "p1000")).toMatchObject({ kind: "repeated" });
    expect(await addTo(shard, names[3]!, "y", "new")).toMatchObject({ kind: "repeated" });
    await log.close();
  });

  test("a page of paths passes over few streams that are gone already, and says where to go on", async () => {
    const log = await openLocalLog({ directory, durability: "os", scrub: false, checkpointIntervalMs: 1e9 });
    const shard = await opened(log);
    const names = Array.from({ length: 3000 }, (_, index) => `s${10_000 + index}`);
    await Promise.all(names.map((name) => make(shard, name)));
    await make(shard, "t");
    await log.checkpoint();
    await Promise.all(names.map((name) => remove(shard, PATH + name)));
    const first = log.archive.paths(PATH, PATH, 10);
    expect(first.paths).toEqual([]);
    expect(first.next! < `${PATH}s10600`).toBe(true);
    const { streams, next } = await list(shard, { prefix: PATH, after: PATH, limit: 10 });
    expect([streams.map(({ path }) => path), next]).toEqual([[`${PATH}t`], undefined]);
    await log.close();
  });
});
