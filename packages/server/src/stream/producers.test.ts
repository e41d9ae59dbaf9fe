import { PLAIN_CREATION } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import { evolve, initialState } from "./evolve.ts";
import { KnownProducers } from "./known-producers.ts";
import { judgeProducer, producerIdsLimit } from "./producers.ts";
import { type AppendRecord, NO_BYTES } from "./records.ts";
import { capture, restore } from "./restore.ts";
import type { StreamState } from "./state.ts";

/** A stream that remembers one producer. */
function remembering(id: string, epoch: number, lastSeq: number): StreamState {
  const state = initialState(PLAIN_CREATION);
  state.producers = new KnownProducers();
  state.producers.set(id, { epoch, lastSeq, lastAt: 0 });
  return state;
}

test.each([
  { epoch: 2, seq: 6, verdict: { kind: "new" } },
  { epoch: 2, seq: 5, verdict: { kind: "duplicate", epoch: 2, lastSeq: 5 } },
  { epoch: 2, seq: 0, verdict: { kind: "duplicate", epoch: 2, lastSeq: 5 } },
  { epoch: 2, seq: 7, verdict: { rejection: { kind: "sequence-gap", expected: 6, received: 7 } } },
  { epoch: 3, seq: 0, verdict: { kind: "new" } },
  { epoch: 9, seq: 0, verdict: { kind: "new" } },
  { epoch: 3, seq: 6, verdict: { rejection: { kind: "epoch-must-start-at-zero" } } },
  { epoch: 1, seq: 6, verdict: { rejection: { kind: "stale-epoch", currentEpoch: 2 } } },
  { epoch: 1, seq: 0, verdict: { rejection: { kind: "stale-epoch", currentEpoch: 2 } } },
])("after epoch 2, sequence 5: epoch $epoch, sequence $seq", ({ epoch, seq, verdict }) => {
  expect(judgeProducer(remembering("p", 2, 5), { id: "p", epoch, seq }, 1)).toMatchObject(verdict);
});

test("a stranger begins at 0, with any epoch", () => {
  const state = initialState(PLAIN_CREATION);
  expect(judgeProducer(state, { id: "p", epoch: 7, seq: 0 }, 1).kind).toBe("new");
  const gap = { rejection: { kind: "sequence-gap", expected: 0, received: 1 } };
  expect(judgeProducer(state, { id: "p", epoch: 7, seq: 1 }, 1)).toMatchObject(gap);
});

test("one stranger more than may be remembered is refused; who is remembered goes on", () => {
  const state = remembering("p", 0, 0);
  const stranger = { id: "q", epoch: 0, seq: 0 };
  expect(judgeProducer(state, stranger, 2).kind).toBe("new");
  const refusal = { rejection: { kind: "producer-limit", limit: 1 } };
  expect(judgeProducer(state, stranger, 1)).toMatchObject(refusal);
  expect(judgeProducer(state, { id: "p", epoch: 1, seq: 0 }, 1).kind).toBe("new");
});

test("ids may be long where they are few, and have a length together where they are many", () => {
  const limit = producerIdsLimit(10_000);
  expect(limit).toBe(640_000);
  expect(producerIdsLimit(1)).toBe(65_536);
  const state = remembering("p".repeat(limit - 10), 0, 0);
  state.producers!.set("p", { epoch: 0, lastSeq: 0, lastAt: 0 });
  expect(judgeProducer(state, { id: "i".repeat(9), epoch: 0, seq: 0 }, 10_000).kind).toBe("new");
  const refusal = { rejection: { kind: "producer-ids-limit", limit } };
  expect(judgeProducer(state, { id: "i".repeat(10), epoch: 0, seq: 0 }, 10_000)).toMatchObject(refusal);
  expect(judgeProducer(state, { id: "p", epoch: 1, seq: 0 }, 10_000).kind).toBe("new");
});

test("the length of all ids follows what is remembered, and what was lost again", () => {
  const state = remembering("first", 0, 0);
  expect(state.producers?.idsLength).toBe(5);
  const record: AppendRecord = {
    ...{ kind: "append", id: state.id, at: 0, position: state.tail, data: NO_BYTES },
    ...{ closes: false, streamSeq: undefined, producer: { id: "second", epoch: 0, seq: 0 } },
  };
  const before = capture(state, record);
  evolve(state, record);
  expect(state.producers?.idsLength).toBe(11);
  restore(state, before);
  expect(state.producers?.idsLength).toBe(5);
});
