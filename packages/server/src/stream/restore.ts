/**
 * Undoing a record that was accepted but could not be made durable. `capture` is taken before `evolve`;
 * `restore` puts the state back as it was, so that a failed append leaves no trace and its retry is not taken
 * for a duplicate. Records are restored in the reverse of the order in which they were accepted.
 */
import type { ProducerState } from "./known-producers.ts";
import type { StreamRecord } from "./records.ts";
import type { ClosingTuple, Life, StreamState } from "./state.ts";

/** The parts of a state that a record may change, as they were before it. */
export interface Before {
  readonly tail: number;
  readonly closed: boolean;
  readonly closedBy: ClosingTuple | undefined;
  readonly lastStreamSeq: string | undefined;
  readonly renewedAt: number;
  readonly lastAppendAt: number;
  readonly references: number;
  readonly life: Life;
  readonly producers: StreamState["producers"];
  /** The producer that the record names; `producer` is undefined when it was new to the stream. */
  readonly producerId: string | undefined;
  readonly producer: ProducerState | undefined;
}

/** Remembers what `record` is about to change in `state`. */
export function capture(state: StreamState, record: StreamRecord): Before {
  const producerId = record.kind === "append" ? record.producer?.id : undefined;
  const known = producerId === undefined ? undefined : state.producers?.get(producerId);
  return {
    tail: state.tail,
    closed: state.closed,
    closedBy: state.closedBy,
    lastStreamSeq: state.lastStreamSeq,
    renewedAt: state.renewedAt,
    lastAppendAt: state.lastAppendAt,
    references: state.references,
    life: state.life,
    producers: state.producers,
    producerId,
    producer: known === undefined ? undefined : { ...known },
  };
}

/** Puts `state` back to what `capture` saw. */
export function restore(state: StreamState, before: Before): void {
  state.tail = before.tail;
  state.closed = before.closed;
  state.closedBy = before.closedBy;
  state.lastStreamSeq = before.lastStreamSeq;
  state.renewedAt = before.renewedAt;
  state.lastAppendAt = before.lastAppendAt;
  state.references = before.references;
  state.life = before.life;
  state.producers = before.producers;
  if (before.producerId === undefined) return;
  if (before.producer !== undefined) state.producers!.set(before.producerId, before.producer);
  else state.producers?.delete(before.producerId);
}
