import { PLAIN_CREATION } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import { initialState } from "./evolve.ts";
import { judgeProducer } from "./producers.ts";
import type { StreamState } from "./state.ts";

/** A stream that remembers one producer. */
function remembering(id: string, epoch: number, lastSeq: number): StreamState {
  const state = initialState(PLAIN_CREATION);
  state.producers = new Map([[id, { epoch, lastSeq, lastAt: 0 }]]);
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
