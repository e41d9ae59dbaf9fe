import { PLAIN_CREATION } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import { evolve, initialState } from "./evolve.ts";
import { PATH_BYTES_MAX } from "./paths.ts";
import { type AppendRecord, changedIds, type DeleteRecord, NO_BYTES, type StreamRecord } from "./records.ts";
import { capture, restore } from "./restore.ts";
import type { ForkOrigin } from "./state.ts";

const TEN_BYTES = { parts: [Buffer.alloc(10)], byteLength: 10 };

const FORK: ForkOrigin = {
  ...{ sourceId: 1, sourcePath: "/v1/stream/s", anchor: 30, subOffset: 2, offset: 32 },
  ...{ inheritsLifetime: false, inheritsMaxBytes: false },
};

const DELETED: DeleteRecord = { kind: "delete", id: 1, at: 0, removed: [], released: undefined };

function append(more: Partial<AppendRecord>): AppendRecord {
  return {
    ...{ kind: "append", id: 1, at: 5, position: 0, data: TEN_BYTES, closes: false },
    ...{ producer: undefined, streamSeq: undefined, ...more },
  };
}

test("a stream begins at 0, a fork where it left its source", () => {
  expect(initialState({ ...PLAIN_CREATION, data: TEN_BYTES }).tail).toBe(10);
  expect(initialState({ ...PLAIN_CREATION, data: TEN_BYTES, fork: FORK }).tail).toBe(42);
});

test("a path may be as long as keys may be, and not a byte longer", () => {
  const path = "/".repeat(PATH_BYTES_MAX);
  expect(initialState({ ...PLAIN_CREATION, path }).path).toBe(path);
  expect(() => initialState({ ...PLAIN_CREATION, path: `${path}/` })).toThrow(RangeError);
});

test("an append moves the tail, and counts as a use", () => {
  const state = initialState(PLAIN_CREATION);
  evolve(state, append({}));
  expect(state).toMatchObject({ tail: 10, lastAppendAt: 5, renewedAt: 5, closed: false });
  expect(state.producers).toBeUndefined();
});

test("an append that does not begin at the tail is a bug, and changes nothing", () => {
  const state = initialState(PLAIN_CREATION);
  expect(() => evolve(state, append({ position: 1 }))).toThrow("does not fit");
  expect(state).toEqual(initialState(PLAIN_CREATION));
});

test("Stream-Seq stays what it was where a later append has none", () => {
  const state = initialState(PLAIN_CREATION);
  evolve(state, append({ streamSeq: "1" }));
  evolve(state, append({ position: 10 }));
  expect(state.lastStreamSeq).toBe("1");
});

test("each producer is remembered by its newest numbers", () => {
  const state = initialState(PLAIN_CREATION);
  evolve(state, append({ producer: { id: "p", epoch: 0, seq: 0 } }));
  evolve(state, append({ position: 10, at: 6, producer: { id: "q", epoch: 3, seq: 0 } }));
  evolve(state, append({ position: 20, at: 7, producer: { id: "p", epoch: 1, seq: 0 } }));
  expect([...state.producers!]).toEqual([
    ["p", { epoch: 1, lastSeq: 0, lastAt: 7 }],
    ["q", { epoch: 3, lastSeq: 0, lastAt: 6 }],
  ]);
});

test("who closed a stream is remembered if it was a producer", () => {
  const state = initialState(PLAIN_CREATION);
  evolve(state, append({ closes: true, data: NO_BYTES, producer: { id: "p", epoch: 2, seq: 9 } }));
  expect(state).toMatchObject({ closed: true, closedBy: { producerId: "p", epoch: 2, seq: 9 } });
  const nameless = initialState(PLAIN_CREATION);
  evolve(nameless, append({ closes: true, data: NO_BYTES }));
  expect(nameless).toMatchObject({ closed: true, closedBy: undefined });
});

test("a fork that comes is one reference more to its source, one that goes one less", () => {
  const source = initialState(PLAIN_CREATION);
  evolve(source, { ...PLAIN_CREATION, id: 2, path: "/v1/stream/fork", fork: FORK });
  expect(source.references).toBe(1);
  evolve(source, { kind: "delete", id: 2, at: 0, removed: [2], released: 1 });
  expect(source).toMatchObject({ references: 0, life: "live" });
});

test("what forks still need is deleted softly, and removed with the last of them", () => {
  const source = initialState(PLAIN_CREATION);
  evolve(source, { kind: "delete", id: 1, at: 0, removed: [], released: undefined });
  expect(source.life).toBe("soft-deleted");
  evolve(source, { kind: "delete", id: 2, at: 0, removed: [2, 1], released: undefined });
  expect(source.life).toBe("removed");
});

test("what is deleted softly forgets its producers, unless the deletion is lost", () => {
  const state = initialState(PLAIN_CREATION);
  evolve(state, append({ producer: { id: "p", epoch: 0, seq: 0 } }));
  const known = { ...state };
  const before = capture(state, DELETED);
  evolve(state, DELETED);
  expect(state).toMatchObject({ producers: undefined });
  restore(state, before);
  expect(state).toEqual(known);
});

test("a renewal never makes a lifetime shorter", () => {
  const state = initialState({ ...PLAIN_CREATION, at: 10 });
  evolve(state, { kind: "renew", id: 1, at: 20 });
  evolve(state, { kind: "renew", id: 1, at: 15 });
  expect(state.renewedAt).toBe(20);
});

test.each<[readonly number[], StreamRecord]>([
  [[], PLAIN_CREATION],
  [[1], { ...PLAIN_CREATION, id: 2, fork: FORK }],
  [[1], append({})],
  [[1], DELETED],
  [[3, 2], { ...DELETED, id: 3, removed: [3, 2] }],
  [[3, 1], { ...DELETED, id: 3, removed: [3], released: 1 }],
  [[3, 2, 1], { ...DELETED, id: 3, removed: [3, 2], released: 1 }],
  [[1], { kind: "renew", id: 1, at: 0 }],
])("the streams %j are changed by %j", (ids, record) => {
  expect(changedIds(record)).toEqual(ids);
});
