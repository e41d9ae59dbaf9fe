/** The registry with small bounds: what does not fit is found again, and what is too long is made anew. */
import { Random, Seeds } from "@perennial/testing";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { afterEach, expect, test } from "vitest";
import { MemoryLog } from "../journal/memory/memory-log.ts";
import { LocalStreams } from "../shard/local-streams.ts";
import { Shard } from "../shard/shard.ts";
import type { AllStreams } from "../shard/streams.ts";
import { NO_BYTES } from "../stream/records.ts";
import type { Said } from "./events.ts";
import { reconcile } from "./reconcile.ts";
import { Registry } from "./registry.ts";
import { RegistryStream, ROOT } from "./registry-stream.ts";

const logger = { debug() {}, info() {}, warn() {}, error() {} };

let registry: Registry | undefined;
afterEach(() => registry?.stop());

async function opened(): Promise<LocalStreams> {
  const now = (): number => Date.now();
  const shard = new Shard({
    log: new MemoryLog("x"),
    now,
    random: () => 0,
    producersPerStream: 1,
    loadedStreams: 100,
  });
  await shard.open();
  return new LocalStreams(shard);
}

const create = (streams: LocalStreams, name: string) =>
  streams.create({
    ...PLAIN_SETTINGS,
    ...{ path: ROOT + name, contentType: "text/plain", body: NO_BYTES },
  });

/** The events of the registry. */
async function said(streams: LocalStreams): Promise<readonly Said[]> {
  const events: Said[] = [];
  for await (const page of new RegistryStream(streams).events()) events.push(...page);
  return events;
}

/** The names that the events leave; fails where one is entered twice, or struck out without being there. */
function names(events: readonly Said[]): ReadonlySet<string> {
  const left = new Set<string>();
  for (const { name, entry } of events) {
    expect(left.has(name), name).toBe(entry === undefined);
    if (entry === undefined) left.delete(name);
    else left.add(name);
  }
  return left;
}

function allNames(streams: LocalStreams): ReadonlySet<string> {
  return new Set(streams.lives("", 10_000).lives.map(({ path }) => path.slice(ROOT.length)));
}

test("however the queue overflows and the registry is made anew, it says what there is, nothing twice", async () => {
  for (const seed of new Seeds(4)) {
    const random = new Random(seed);
    const streams = await opened();
    registry = new Registry(streams, logger, { queued: 5, leastBytes: 2000, excess: 2 });
    registry.start();
    for (let step = 0; step < 60; step++) {
      const work = Array.from({ length: random.below(20) }, () => {
        const name = `s${random.below(30)}`;
        return random.chance(0.5) ? create(streams, name) : streams.remove(ROOT + name);
      });
      await Promise.all(work);
      if (random.chance(0.3)) await new Promise(setImmediate);
    }
    await create(streams, "last");
    await expect
      .poll(async () => names(await said(streams)), { message: `seed ${seed}` })
      .toEqual(allNames(streams));
    // Hundreds of streams came and went.
    const bytes = await new RegistryStream(streams).byteLength();
    expect(bytes).toBeLessThan(31 * 2 * 200 + 2000 + 20 * 200);
    await registry.stop();
  }
});

/** The same streams in another process: an answer takes a while, and so does what is told, some of which is lost on its way. */
function farAway(streams: LocalStreams, random: Random): AllStreams {
  const later = <Value>(value: Value): Promise<Value> =>
    new Promise((resolve) => setImmediate(resolve, value));
  let attempts = 0;
  return {
    for: () => streams,
    list: (request) => streams.list(request),
    changes: (...query) => later(streams.changes(...query)),
    describeAll: (paths) => streams.describeAll(paths),
    roomFor: (byteLength) => streams.roomFor(byteLength),
    health: () => streams.health(),
    metrics: () => streams.metrics(),
    lives: (after, limit) => later(streams.lives(after, limit)),
    lifeAt: (path) => later(streams.lifeAt(path)),
    watch: async (listener) => {
      attempts += 1;
      if (attempts === 1) throw new Error("out of reach");
      await later(undefined);
      const tell = (told: () => void): void => {
        setImmediate(random.chance(0.2) ? () => listener.onMissed() : told);
      };
      streams.watch({
        onCreated: (life) => tell(() => listener.onCreated(life)),
        onRemoved: (path) => tell(() => listener.onRemoved(path)),
        onMissed: () => undefined,
      });
    },
  };
}

test("of streams that are far away it says in the end what there is, whatever was lost on the way", async () => {
  for (const seed of new Seeds(4)) {
    const random = new Random(seed);
    const streams = await opened();
    registry = new Registry(farAway(streams, random), logger);
    registry.start();
    await expect.poll(() => streams.lifeAt(`${ROOT}__registry__`), { timeout: 5000 }).toBeDefined();
    for (let step = 0; step < 60; step++) {
      const name = `s${random.below(10)}`;
      await (random.chance(0.5) ? create(streams, name) : streams.remove(ROOT + name));
      if (random.chance(0.5)) await new Promise(setImmediate);
    }
    const left = async (): Promise<ReadonlySet<string>> => {
      const events = await said(streams);
      const newest = new Map(events.map(({ name, entry }) => [name, entry]));
      return new Set([...newest].flatMap(([name, entry]) => (entry === undefined ? [] : [name])));
    };
    await expect.poll(left, { message: `seed ${seed}`, timeout: 5000 }).toEqual(allNames(streams));
    await registry.stop();
  }
});

test("a registry that is read in parts comes out the same", async () => {
  const streams = await opened();
  const stream = new RegistryStream(streams);
  await stream.create();
  for (let index = 0; index < 250; index++) await create(streams, `s${index}`);
  const looked: string[] = [];
  const told = { mark: () => 0, forget: (name: string) => looked.push(name) };
  const needed = await reconcile(streams, stream, told);
  expect(await stream.byteLength()).toBe(needed);
  for (let index = 0; index < 250; index += 2) await streams.remove(`${ROOT}s${index}`);
  await reconcile(streams, stream, told, 4000);
  expect(names(await said(streams))).toEqual(allNames(streams));
  expect(looked.length).toBe(2 * 251);
  await reconcile(streams, stream, told, 1000);
  expect((await said(streams)).length).toBe(251 + 125);
});

test("one that is closed is complained of once, tried again, and goes on when it is deleted", async () => {
  const streams = await opened();
  const complaints: unknown[] = [];
  registry = new Registry(streams, { ...logger, warn: (...told: unknown[]) => complaints.push(told) });
  await streams.create({
    ...PLAIN_SETTINGS,
    ...{ path: `${ROOT}__registry__`, contentType: "text/plain", closed: true, body: NO_BYTES },
  });
  registry.start();
  await create(streams, "a");
  await expect.poll(() => complaints.length).toBe(1);
  await streams.remove(`${ROOT}__registry__`);
  await expect
    .poll(async () => [...names(await said(streams))], { timeout: 5000 })
    .toEqual(["__registry__", "a"]);
  expect(complaints).toHaveLength(1);
});
