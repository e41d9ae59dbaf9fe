/** Forks of forks of forks: what a read costs when all of them have to be fetched from the disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { expect, test, vi } from "vitest";
import { producersKey } from "../../src/journal/local/archive/keys.ts";
import { LmdbStore } from "../../src/journal/local/archive/lmdb-store.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { append } from "../../src/shard/append.ts";
import { pieces } from "../../src/shard/bytes.ts";
import { create } from "../../src/shard/create.ts";
import { type Snapshot, snapshot } from "../../src/shard/read.ts";
import { isReading, readOut } from "../../src/shard/reading.ts";
import { remove } from "../../src/shard/remove.ts";
import { Shard } from "../../src/shard/shard.ts";
import { PRODUCER_PARTS } from "../../src/stream/known-producers.ts";
import { contentAtOnce } from "../support/content.ts";

const DEPTH = 300;
const path = (generation: number): string => `/v1/stream/g${generation}`;

async function openShard(directory: string, producersPerStream = 10): Promise<Shard> {
  const shard = new Shard({
    log: await openLocalLog({ directory, durability: "os" }),
    now: Date.now,
    random: Math.random,
    producersPerStream,
    loadedStreams: 10_000,
    forkDepth: DEPTH,
  });
  await shard.open();
  return shard;
}

function fork(shard: Shard, generation: number) {
  return create(shard, {
    ...PLAIN_SETTINGS,
    path: path(generation),
    contentType: generation === 0 ? "text/plain" : undefined,
    body: text(generation),
    fork:
      generation === 0 ? undefined : { sourcePath: path(generation - 1), anchor: undefined, subOffset: 0 },
  });
}

function text(generation: number) {
  const part = Buffer.from(`<${generation}>`);
  return { parts: [part], byteLength: part.length };
}

/** A forks' chain whose streams have so many producers each, on disk. */
async function makeChain(directory: string, generations: number, producers: number): Promise<void> {
  const shard = await openShard(directory, producers);
  for (let generation = 0; generation < generations; generation++) {
    expect(await fork(shard, generation)).toMatchObject({ kind: "created" });
    const appends = Array.from({ length: producers }, (_, index) =>
      append(shard, path(generation), {
        ...{ body: text(7), contentType: "text/plain", closes: false, streamSeq: undefined },
        producer: { id: `producer-${index}`, epoch: 0, seq: 0 },
      }),
    );
    for (const appended of await Promise.all(appends)) expect(appended).toMatchObject({ kind: "appended" });
  }
  await shard.log.close();
}

test("sources that remember many producers are not brought back into memory for what a fork has of them, and looked up in steps", async () => {
  const [generations, producers] = [20, 500];
  const directory = mkdtempSync(join(tmpdir(), "fork-chains-"));
  try {
    await makeChain(directory, generations, producers);
    const shard = await openShard(directory, producers);
    const lookUp = vi.spyOn(shard.catalog, "forkOf");
    const steps: number[] = [];
    const run = shard.turns.run.bind(shard.turns);
    vi.spyOn(shard.turns, "run").mockImplementation((work) =>
      run(
        (function* () {
          for (;;) {
            const before = lookUp.mock.calls.length;
            const { done, value } = (work as Iterator<void, never>).next();
            steps.push(lookUp.mock.calls.length - before);
            if (done) return value;
            yield undefined;
          }
        })(),
      ),
    );
    const read = snapshot(shard, path(generations - 1), { kind: "start" });
    expect(isReading(read)).toBe(true);
    const slice = (await readOut(read)) as Snapshot;
    expect(lookUp.mock.calls.length).toBe(generations - 1);
    expect(Math.max(...steps)).toBeLessThanOrEqual(2);
    expect(contentAtOnce(shard, slice.stream, 0, slice.to)).toHaveLength(slice.to);
    const again = snapshot(shard, path(generations - 1), { kind: "start" });
    expect(isReading(again)).toBe(false);
    expect(await fork(shard, generations)).toMatchObject({ kind: "created" });
    // The last one and its fork.
    expect(shard.catalog.loaded).toBe(2);
    await shard.log.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a stream that was deleted while a fork needs its bytes keeps no producers on the disk", async () => {
  const directory = mkdtempSync(join(tmpdir(), "fork-chains-"));
  try {
    await makeChain(directory, 1, 500);
    expect(await producerPages(directory)).toBe(PRODUCER_PARTS);
    const shard = await openShard(directory);
    expect(await fork(shard, 1)).toMatchObject({ kind: "created" });
    expect(await remove(shard, path(0))).toEqual({ kind: "removed" });
    await shard.log.close();
    expect(await producerPages(directory)).toBe(0);
    const again = await openShard(directory);
    const slice = await readOut(snapshot(again, path(1), { kind: "start" }));
    expect((slice as Snapshot).to).toBe("<0>".length + 500 * "<7>".length + "<1>".length);
    await again.log.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

/** The parts of producers that lie in the archive. */
async function producerPages(directory: string): Promise<number> {
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  try {
    return store.keys(producersKey(0, 0), producersKey(1_000, 0), 10_000).length;
  } finally {
    await store.close();
  }
}

test("each generation's stream is looked up once, from a cold archive, too, and there is no end of them beyond the limit", async () => {
  const directory = mkdtempSync(join(tmpdir(), "fork-chains-"));
  try {
    const warm = await openShard(directory);
    let expected = "";
    for (let generation = 0; generation <= DEPTH; generation++) {
      expect(await fork(warm, generation)).toMatchObject({ kind: "created" });
      expected += `<${generation}>`;
    }
    expect(await fork(warm, DEPTH + 1)).toEqual({
      kind: "rejected",
      rejection: { kind: "fork-too-deep", limit: DEPTH },
    });
    await warm.log.close();

    const cold = await openShard(directory);
    expect(cold.catalog.loaded).toBe(0);
    const found = cold.forReading(path(DEPTH));
    if (found.kind !== "found") throw new Error("the last fork is gone");
    const lookUp = vi.spyOn(cold.catalog, "forkOf");
    const { stream } = found;
    expect(contentAtOnce(cold, stream, 0, stream.visibleTail)).toBe(expected);
    expect(lookUp.mock.calls.length).toBe(DEPTH);
    const read: Uint8Array[] = [];
    await readOut(pieces(cold, stream, 2, stream.visibleTail, (bytes) => read.push(bytes) > 0));
    expect(Buffer.concat(read).toString()).toBe(expected.slice(2));
    expect(lookUp.mock.calls.length).toBe(DEPTH);
    expect(cold.catalog.loaded).toBe(1);
    expect(await fork(cold, DEPTH + 1)).toMatchObject({ rejection: { kind: "fork-too-deep" } });
    await append(cold, path(DEPTH), {
      body: text(7),
      contentType: "text/plain",
      ...{ closes: false, producer: undefined, streamSeq: undefined },
    });
    await cold.log.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
