/** Streams that nobody uses leave memory by time, whatever room there is, and are as they were when they come back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LocalLog } from "../../src/journal/local/local-log.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { create } from "../../src/shard/create.ts";
import { Shard } from "../../src/shard/shard.ts";
import { Sweeper } from "../../src/shard/sweeper.ts";
import { NO_BYTES } from "../../src/stream/records.ts";

const IDLE_MS = 30_000;
const SECOND_MS = 1000;
const STREAMS = 12_000;
const path = (index: number): string => `/v1/stream/s${index}`;

/** A shard with a sweep in each second of a clock that the test moves. */
class World {
  now = 1_000_000_000_000;
  uptime = 0;
  readonly log: LocalLog;
  readonly shard: Shard;
  readonly #sweeper: Sweeper;

  constructor(log: LocalLog) {
    this.log = log;
    this.shard = new Shard({
      ...{ log, now: () => this.now, monotonicNow: () => this.uptime, random: () => 0 },
      ...{ producersPerStream: 10, loadedStreams: 1_000_000, idleStreamMs: IDLE_MS },
    });
    this.#sweeper = new Sweeper(this.shard);
  }

  async create(count: number, ttlSeconds?: number): Promise<void> {
    const settings = { ...PLAIN_SETTINGS, contentType: "text/plain", ttlSeconds, body: NO_BYTES };
    await Promise.all(
      Array.from({ length: count }, (_, index) => create(this.shard, { ...settings, path: path(index) })),
    );
  }

  /** Seconds go by, in each of which streams are used. */
  async pass(seconds: number, use: () => void = () => undefined): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.now += SECOND_MS;
      this.uptime += SECOND_MS;
      use();
      this.#sweeper.sweep();
      // What a sweep leaves for later turns.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (second % 10 === 0) await this.log.checkpoint();
    }
  }

  found(index: number) {
    const found = this.shard.forReading(path(index));
    if (found.kind !== "found") throw new Error(`${path(index)} is ${found.kind}`);
    return found.stream;
  }
}

let directory = "";
let world: World;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "idle-"));
  world = new World(await openLocalLog({ directory, durability: "os", checkpointIntervalMs: 3_600_000 }));
  await world.shard.open();
});

afterEach(async () => {
  await world.log.close();
  rmSync(directory, { recursive: true });
});

test("thousands leave within two rounds, evenly, and those in use stay", async () => {
  await world.create(STREAMS);
  const used = (): void => {
    world.found(0);
    world.found(1);
  };
  const { catalog } = world.shard;
  await world.pass(25, used);
  expect(catalog.loaded).toBe(STREAMS);
  await world.pass(20, used);
  // In the middle of the second round some have left and some have not.
  expect(catalog.loaded).toBeGreaterThan(STREAMS / 4);
  expect(catalog.loaded).toBeLessThan((STREAMS * 3) / 4);
  await world.pass(20, used);
  expect(catalog.loaded).toBe(2);
  expect(catalog.isLoaded(world.found(0).state.id)).toBe(true);
});

test("one with a reader stays, and leaves after it", async () => {
  await world.create(10);
  const listener = { onChange: () => undefined };
  const stream = world.found(3);
  stream.listen(listener);
  await world.pass(80);
  expect(world.shard.catalog.loaded).toBe(1);
  stream.unlisten(listener);
  await world.pass(80);
  expect(world.shard.catalog.loaded).toBe(0);
});

test("one that the archive does not have as it is stays until it has", async () => {
  await world.create(10);
  for (let second = 0; second < 70; second++) {
    world.uptime += SECOND_MS;
    world.shard.trim();
  }
  expect(world.shard.catalog.loaded).toBe(10);
  await world.pass(70);
  expect(world.shard.catalog.loaded).toBe(0);
});

test("the last use of a lifetime outlives its stream's stay in memory", async () => {
  await world.create(1, 200);
  await world.pass(20);
  world.shard.touch(world.found(0));
  await world.pass(120);
  expect(world.shard.catalog.loaded).toBe(0);
  // 140 seconds after its creation; without that use 60 would be left of 200, and with it 80.
  await world.pass(75);
  expect(world.found(0).state.life).toBe("live");
  await world.pass(10);
  expect(world.shard.forReading(path(0)).kind).not.toBe("found");
});
