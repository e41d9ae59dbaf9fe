import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { MemoryLog } from "../journal/memory/memory-log.ts";
import { createServer } from "../server.ts";
import { NO_BYTES } from "../stream/records.ts";
import { GRACE_MS } from "./clock-watch.ts";
import { create } from "./create.ts";
import { list } from "./list.ts";
import { Shard } from "./shard.ts";
import { Sweeper } from "./sweeper.ts";

const HOUR_MS = 3_600_000;

/** Two clocks, one of which may be set, and streams of one hour unless told otherwise. */
class World {
  now = Date.UTC(2030, 0, 1);
  uptime = 5000;
  readonly jumps: number[] = [];
  readonly shard = new Shard({
    log: new MemoryLog("test"),
    now: () => this.now,
    monotonicNow: () => this.uptime,
    onClockJump: (jumpMs) => this.jumps.push(jumpMs),
    random: () => 0,
    producersPerStream: 10,
    loadedStreams: 100,
  });
  readonly #sweeper = new Sweeper(this.shard);

  async open(): Promise<this> {
    await this.shard.open();
    return this;
  }

  async create(
    path: string,
    life: { readonly ttlSeconds?: number; readonly expiresAt?: number } = { ttlSeconds: 3600 },
  ): Promise<void> {
    await create(this.shard, {
      ...PLAIN_SETTINGS,
      ...{ path, contentType: "text/plain", body: NO_BYTES },
      ...life,
    });
  }

  /** Time goes by. */
  pass(ms: number): void {
    this.now += ms;
    this.uptime += ms;
  }

  /** What is left after a sweep, which ends for good what it thinks expired. */
  async left(): Promise<readonly string[]> {
    this.#sweeper.sweep();
    await new Promise((resolve) => setImmediate(resolve));
    const { paths } = this.shard.catalog.paths("", "", 100);
    // Readers see just what the sweep has left.
    const { streams } = await list(this.shard, { prefix: "", after: "", limit: 100 });
    const shown = streams.map(({ path }) => path);
    expect(shown).toEqual(paths);
    // And nobody is told of an end that has passed.
    expect(streams.filter(({ deadline }) => deadline !== undefined && deadline < this.now)).toEqual([]);
    expect(paths.filter((path) => this.shard.forReading(path).kind === "found")).toEqual(paths);
    return paths;
  }
}

describe("a wall clock that is set", () => {
  test("ahead ends no stream, and once it is set right all goes on as before", async () => {
    const world = await new World().open();
    await world.create("ttl");
    await world.create("fixed", { expiresAt: world.now + HOUR_MS });
    expect(await world.left()).toEqual(["fixed", "ttl"]);
    world.now += 2 * HOUR_MS;
    expect(await world.left()).toEqual(["fixed", "ttl"]);
    expect(await world.left()).toEqual(["fixed", "ttl"]);
    world.pass(HOUR_MS / 2);
    world.now -= 2 * HOUR_MS;
    expect(await world.left()).toEqual(["fixed", "ttl"]);
    expect(world.jumps).toEqual([2 * HOUR_MS, -2 * HOUR_MS]);
    world.pass(HOUR_MS / 2 - 1);
    expect(await world.left()).toEqual(["fixed", "ttl"]);
    world.pass(1001);
    expect(await world.left()).toEqual([]);
  });

  test("ahead is noticed by a read that comes before the sweep", async () => {
    const world = await new World().open();
    await world.create("ttl");
    world.now += 2 * HOUR_MS;
    expect(world.shard.forReading("ttl").kind).toBe("found");
    expect(world.shard.forWriting("ttl").kind).toBe("found");
    expect(world.jumps).toEqual([2 * HOUR_MS]);
  });

  test("ahead leaves streams the time that they had, and those that are used since go by it", async () => {
    const world = await new World().open();
    await world.create("idle");
    await world.create("used");
    world.pass(HOUR_MS / 2);
    world.now += 48 * HOUR_MS;
    expect(await world.left()).toEqual(["idle", "used"]);
    world.pass(60_000);
    await world.create("young");
    world.shard.touch(world.shard.catalog.newest("used")!);
    world.pass(HOUR_MS / 2 - 60_001);
    expect(await world.left()).toEqual(["idle", "used", "young"]);
    world.pass(1001);
    expect(await world.left()).toEqual(["used", "young"]);
    world.pass(HOUR_MS);
    expect(await world.left()).toEqual([]);
  });

  test("ahead for good counts after a day", async () => {
    const world = await new World().open();
    await world.create("month", { ttlSeconds: 30 * 86_400 });
    world.now += 365 * 24 * HOUR_MS;
    expect(await world.left()).toEqual(["month"]);
    for (let hour = 1; hour < GRACE_MS / HOUR_MS; hour++) {
      world.pass(HOUR_MS);
      expect(await world.left()).toEqual(["month"]);
    }
    world.pass(HOUR_MS);
    expect(world.shard.forReading("month").kind).not.toBe("found");
    expect(await world.left()).toEqual([]);
  });

  test("back, and then right again, ends no stream", async () => {
    const world = await new World().open();
    await world.create("ttl");
    world.now -= 24 * HOUR_MS;
    expect(await world.left()).toEqual(["ttl"]);
    await world.create("since");
    world.now += 24 * HOUR_MS;
    expect(await world.left()).toEqual(["since", "ttl"]);
    expect(world.jumps).toEqual([-24 * HOUR_MS, 24 * HOUR_MS]);
  });

  test("by little, as its corrections are, is not noticed", async () => {
    const world = await new World().open();
    await world.create("ttl");
    for (const step of [29_999, -29_999, 20_000]) {
      world.now += step;
      await world.left();
    }
    world.pass(HOUR_MS - 20_000);
    expect(await world.left()).toEqual([]);
    expect(world.jumps).toEqual([]);
  });

  test("is told of once", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
    let now = Date.UTC(2030, 0, 1);
    const server = createServer({ now: () => now, monotonicNow: () => 0, logger });
    const ask = async (method: string): Promise<number> => {
      const headers = { "Content-Type": "text/plain", "Stream-TTL": "3600" };
      return (await server.fetch(new Request("http://localhost/v1/stream/s", { method, headers }))).status;
    };
    expect(await ask("PUT")).toBe(201);
    now += 2 * HOUR_MS;
    for (let n = 0; n < 3; n++) expect(await ask("HEAD")).toBe(200);
    expect(lines.map((line) => JSON.parse(line).jumpMs)).toEqual([2 * HOUR_MS]);
    await server.stop();
  });
});
