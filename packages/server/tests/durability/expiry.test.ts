/** Expiry keeps up with whatever was created, and leaves others their turns. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Log } from "../../src/journal/contract/index.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { MemoryLog } from "../../src/journal/memory/memory-log.ts";
import { create } from "../../src/shard/create.ts";
import { Shard } from "../../src/shard/shard.ts";
import { Sweeper } from "../../src/shard/sweeper.ts";
import { NO_BYTES } from "../../src/stream/records.ts";

const STREAMS = 20_000;

class World {
  now = 1_000_000_000_000;
  readonly shard: Shard;
  readonly sweeper: Sweeper;

  constructor(log: Log) {
    const now = (): number => this.now;
    this.shard = new Shard({ log, now, random: Math.random, producersPerStream: 1, loadedStreams: 500 });
    this.sweeper = new Sweeper(this.shard);
  }

  async create(count: number, ttlSeconds: number, name = "s"): Promise<void> {
    const created = Array.from({ length: count }, (_, index) =>
      create(this.shard, {
        ...PLAIN_SETTINGS,
        ...{ path: `/v1/stream/${name}${index}`, contentType: "text/plain", ttlSeconds, body: NO_BYTES },
      }),
    );
    await Promise.all(created);
  }

  /** Turns of the event loop until a condition holds. */
  async turnsUntil(condition: () => boolean): Promise<number> {
    for (let turns = 0; ; turns++) {
      if (condition()) return turns;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test("one sweep ends all that have expired, in steps, and none that were used since", async () => {
  const world = new World(new MemoryLog("x"));
  await world.shard.open();
  await world.create(STREAMS, 60);
  await world.create(10, 60, "used");
  world.now += 59_000;
  for (let index = 0; index < 10; index++) {
    const found = world.shard.forReading(`/v1/stream/used${index}`);
    if (found.kind === "found") world.shard.touch(found.stream);
  }
  world.now += 2000;
  world.sweeper.sweep();
  const turns = await world.turnsUntil(() => world.shard.catalog.loaded <= 10);
  expect(turns).toBeGreaterThan(5);
  expect(world.shard.catalog.loaded).toBe(10);
});

describe("on a disk", () => {
  let directory = "";

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "expiry-"));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const open = async (): Promise<World> => {
    const world = new World(await openLocalLog({ directory, durability: "os" }));
    await world.shard.open();
    return world;
  };

  test("so does the first sweep after a restart, though streams in use come before all others in the archive", async () => {
    const before = await open();
    await before.create(200, 10, "used");
    await before.create(3000, 20);
    await before.shard.log.close();

    const after = await open();
    after.now += 9000;
    const used = Array.from({ length: 200 }, (_, index) => after.shard.forReading(`/v1/stream/used${index}`));
    for (const found of used) if (found.kind === "found") found.stream.lastUse = after.now + 5000;
    after.now += 11_500;
    const deleted = (): number => {
      const page = after.shard.catalog.paths("/v1/stream/s", "/v1/stream/s", 10_000);
      // It ends early where many that are gone already are passed over.
      return page.paths.length + (page.next === undefined ? 0 : 1);
    };
    expect(deleted()).toBe(3000);
    after.sweeper.sweep();
    await after.turnsUntil(() => deleted() === 0);
    for (const found of used) if (found.kind === "found") expect(found.stream.state.life).toBe("live");
    await after.shard.log.close();
  });
});
