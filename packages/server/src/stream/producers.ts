/** Idempotent producers: is this request new, a repeat, or out of step? (protocol §9) */

import type { ProducerState } from "./known-producers.ts";
import type { ProducerTuple } from "./records.ts";
import { type Rejected, reject } from "./rejections.ts";
import type { StreamState } from "./state.ts";

export type ProducerVerdict =
  | { readonly kind: "new" }
  | { readonly kind: "duplicate"; readonly epoch: number; readonly lastSeq: number }
  | Rejected;

const NEW: ProducerVerdict = { kind: "new" };

/** The ids of one stream may have this length on average, or any when they are few. */
const ID_LENGTH_ON_AVERAGE = 64;
const IDS_LENGTH_MIN = 65_536;

/**
 * How long all ids that one stream remembers may be together, where it may remember so many producers, bytes: they are held
 * in memory and on the disk.
 */
export function producerIdsLimit(producers: number): number {
  return Math.max(IDS_LENGTH_MIN, producers * ID_LENGTH_ON_AVERAGE);
}

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
  const idsLimit = producerIdsLimit(limit);
  if ((state.producers?.idsLength ?? 0) + Buffer.byteLength(producer.id) > idsLimit)
    return reject({ kind: "producer-ids-limit", limit: idsLimit });
  return NEW;
}

function judgeSequence(known: ProducerState, seq: number): ProducerVerdict {
  if (seq <= known.lastSeq) return { kind: "duplicate", epoch: known.epoch, lastSeq: known.lastSeq };
  const expected = known.lastSeq + 1;
  return seq === expected ? NEW : reject({ kind: "sequence-gap", expected, received: seq });
}
