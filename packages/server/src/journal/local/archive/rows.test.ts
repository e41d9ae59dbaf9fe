import fc from "fast-check";
import { expect, test } from "vitest";
import { KnownProducers, type ProducerState } from "../../../stream/known-producers.ts";
import { comparePaths, PATH_BYTES_MAX } from "../../../stream/paths.ts";
import type { StreamState } from "../../../stream/state.ts";
import { Arena } from "../codec/arena.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { chunkKey, deadlineKey, numberOfKey, pathKey } from "./keys.ts";
import {
  decodeRowHeader,
  decodeState,
  decodeStoreRow,
  encodeState,
  encodeStoreRow,
  headerOf,
} from "./rows.ts";

const number = fc.maxSafeNat();
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

function knowing(all: Iterable<readonly [string, ProducerState]>): KnownProducers {
  const known = new KnownProducers();
  for (const [id, its] of all) known.set(id, its);
  return known;
}

/** The same with what one can compare. */
const comparable = ({ producers, ...rest }: StreamState) => ({
  ...rest,
  producers: producers && [...producers],
});

const producer = fc.record({ epoch: number, lastSeq: number, lastAt: number });

const state: fc.Arbitrary<StreamState> = fc.record({
  id: number,
  path: text,
  contentType: text,
  json: fc.boolean(),
  createdAt: number,
  ttlSeconds: optional(fc.integer({ min: 0, max: 1_000_000_000 })),
  expiresAt: optional(fc.integer()),
  maxBytes: optional(number),
  fork: optional(
    fc.record({
      sourceId: number,
      sourcePath: text,
      anchor: number,
      subOffset: number,
      offset: number,
      inheritsLifetime: fc.boolean(),
      inheritsMaxBytes: fc.boolean(),
    }),
  ),
  tail: number,
  closed: fc.boolean(),
  closedBy: optional(fc.record({ producerId: text, epoch: number, seq: number })),
  lastStreamSeq: optional(text),
  producers: optional(
    fc.array(fc.tuple(text, producer), { minLength: 1, maxLength: 5 }).map((all) => knowing(new Map(all))),
  ),
  renewedAt: number,
  lastAppendAt: number,
  references: fc.nat(),
  life: fc.constantFrom("live" as const, "soft-deleted" as const),
});

/** What is in a row is not asked of the store. */
const NO_STORE = undefined as unknown as ArchiveStore;

const arena = new Arena();

test("a stream's state is read as it was written", () => {
  fc.assert(
    fc.property(state, number, optional(fc.nat()), (subject, heldTo, lastChunk) => {
      const row = encodeState(arena, headerOf(subject, heldTo, lastChunk), subject);
      expect(comparable(decodeState(NO_STORE, row))).toEqual(comparable(subject));
      expect(decodeState(NO_STORE, row).producers?.idsLength).toBe(subject.producers?.idsLength);
      expect(decodeRowHeader(row)).toMatchObject({ heldTo, tail: subject.tail, lastChunk });
    }),
  );
});

test("the store's row is read as it was written", () => {
  const row = { logPosition: 2 ** 50, term: 7, streams: 12, lastId: 2 ** 40, storeId: "name" };
  expect(decodeStoreRow(encodeStoreRow(row))).toEqual(row);
});

test("keys sort as their numbers do", () => {
  fc.assert(
    fc.property(number, number, number, number, (id, position, otherId, otherPosition) => {
      const order = Math.sign(id - otherId) || Math.sign(position - otherPosition);
      expect(Buffer.compare(chunkKey(id, position), chunkKey(otherId, otherPosition))).toBe(order);
      expect(Buffer.compare(deadlineKey(id, position), deadlineKey(otherId, otherPosition))).toBe(order);
      expect(numberOfKey(chunkKey(id, position), 0)).toBe(id);
      expect(numberOfKey(chunkKey(id, position), 1)).toBe(position);
    }),
  );
});

test("paths sort as their keys do, the longest ones, too", () => {
  const path = fc
    .tuple(fc.constantFrom(0, 10, PATH_BYTES_MAX - 3), fc.string({ unit: "grapheme-ascii", maxLength: 3 }))
    .map(([length, end]) => "x".repeat(length) + end);
  fc.assert(
    fc.property(path, path, (left, right) => {
      expect(Buffer.compare(pathKey(left), pathKey(right))).toBe(comparePaths(left, right));
    }),
  );
});

test("a path that no key holds is no path", () => {
  expect(pathKey("x".repeat(PATH_BYTES_MAX)).length).toBeLessThan(1978);
  expect(() => pathKey("x".repeat(PATH_BYTES_MAX + 1))).toThrow(RangeError);
});
