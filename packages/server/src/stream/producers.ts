/** Idempotent producers: is this request new, a repeat, or out of step? (protocol §9) */
import type { ProducerTuple } from "./records.ts";
import { type Rejected, reject } from "./rejections.ts";
import type { ProducerState, StreamState } from "./state.ts";

export type ProducerVerdict =
  | { readonly kind: "new" }
  | { readonly kind: "duplicate"; readonly epoch: number; readonly lastSeq: number }
  | Rejected;

const NEW: ProducerVerdict = { kind: "new" };

/**
 * Judges one producer request against what the stream remembers of that producer.
 *
 * @param limit the number of producers one stream may remember
 */
export function judgeProducer(state: StreamState, producer: ProducerTuple, limit: number): ProducerVerdict {
  const known = state.producers?.get(producer.id);
  if (known === undefined) return judgeUnknown(state, producer, limit);
  if (producer.epoch < known.epoch) return reject({ kind: "stale-epoch", currentEpoch: known.epoch });
  if (producer.epoch > known.epoch) {
    return producer.seq === 0 ? NEW : reject({ kind: "epoch-must-start-at-zero" });
  }
  return judgeSequence(known, producer.seq);
}

function judgeUnknown(state: StreamState, producer: ProducerTuple, limit: number): ProducerVerdict {
  if (producer.seq !== 0) return reject({ kind: "sequence-gap", expected: 0, received: producer.seq });
  if ((state.producers?.size ?? 0) >= limit) return reject({ kind: "producer-limit", limit });
  return NEW;
}

function judgeSequence(known: ProducerState, seq: number): ProducerVerdict {
  if (seq <= known.lastSeq) return { kind: "duplicate", epoch: known.epoch, lastSeq: known.lastSeq };
  const expected = known.lastSeq + 1;
  return seq === expected ? NEW : reject({ kind: "sequence-gap", expected, received: seq });
}
