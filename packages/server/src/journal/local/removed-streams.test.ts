import { Random } from "@perennial/testing";
import { SimulatedMachine } from "@perennial/testing/journal";
import { beforeEach, expect, test } from "vitest";
import type { ArchiveStore, Change } from "./archive/archive-store.ts";
import { CHUNK_RANGE, chunkKey, REMOVED_RANGE, removedKey } from "./archive/keys.ts";
import { RemovedStreams } from "./removed-streams.ts";

let machine: SimulatedMachine;
let store: ArchiveStore;
let removed: RemovedStreams;
/** What was done between one turn of the others and the next, each at its most. */
let busiest: { searches: number; changes: number };
let searches: number;

beforeEach(() => {
  machine = new SimulatedMachine(new Random(1));
  store = machine.store();
  removed = new RemovedStreams(store);
  busiest = { searches: 0, changes: 0 };
  searches = 0;
  const keys = store.keys.bind(store);
  store.keys = (...range) => {
    busiest.searches = Math.max(busiest.searches, ++searches);
    return keys(...range);
  };
});

async function write(changes: readonly Change[]): Promise<void> {
  const written = store.write(changes);
  machine.step();
  await written;
}

const giveWay = async () => {
  searches = 0;
};

/** Streams that are gone, with so many chunks each. */
async function remove(ids: readonly number[], chunks: number): Promise<void> {
  const keys = ids.flatMap((id) => [
    removedKey(id),
    ...Array.from({ length: chunks }, (_, index) => chunkKey(id, index)),
  ]);
  await write(keys.map((key) => ({ key, value: new Uint8Array(9) })));
  for (const id of ids) removed.add(id, 10);
}

function collect(logPosition: number): Promise<void> {
  return removed.collect(
    logPosition,
    async (changes) => {
      busiest.changes = Math.max(busiest.changes, changes.length);
      await write(changes);
      await giveWay();
    },
    giveWay,
  );
}

const left = (range: readonly [Uint8Array, Uint8Array]) => store.keys(...range, 1_000_000).length;

const everySecond = Array.from({ length: 500 }, (_, index) => 2 * index);
const consecutive = Array.from({ length: 500 }, (_, index) => 5000 + index);

test.each([
  ["far apart", everySecond, 0, 32],
  ["far apart, with chunks", everySecond, 3, 32],
  // One search for the chunks of all of them, and one for their producers.
  ["neighbours", consecutive, 0, 2],
  ["neighbours with chunks", consecutive, 3, 2],
  ["one long stream", [7], 5000, 2],
])("others get their turn while streams are collected: %s", async (_, ids, chunks, searchesAtMost) => {
  await write([{ key: chunkKey(100_000, 0), value: new Uint8Array(9) }]);
  await remove(ids, chunks);
  await collect(10);
  expect(busiest.searches).toBeLessThanOrEqual(searchesAtMost);
  expect(busiest.changes).toBeLessThan(2 * 256);
  expect([left(CHUNK_RANGE), left(REMOVED_RANGE)]).toEqual([1, 0]);
});

test("a note outlives its chunks until the log position is beyond the records", async () => {
  await remove([1, 2, 4], 1);
  await collect(9);
  expect([left(CHUNK_RANGE), left(REMOVED_RANGE)]).toEqual([0, 3]);
  expect([1, 2, 3, 4].map((id) => removed.heldTo(id))).toEqual([10, 10, undefined, 10]);
  await collect(10);
  expect([left(REMOVED_RANGE), removed.has(1)]).toEqual([0, false]);
});
