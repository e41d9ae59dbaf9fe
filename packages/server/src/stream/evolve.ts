/**
 * `evolve` applies a record to a state. It is the same function in live traffic and in recovery, knows no rule
 * beyond "what was decided is so", and reads neither clock nor disk.
 *
 * The state is changed in place: a fresh state per append would outlive its request, be promoted by the
 * garbage collector, and show up as tail latency (ARCHITECTURE.md).
 */
import { isJson } from "@perennial/protocol";
import { KnownProducers } from "./known-producers.ts";
import { ownText } from "./own-text.ts";
import { PATH_BYTES_MAX } from "./paths.ts";
import type { AppendRecord, CreateRecord, DeleteRecord, StreamRecord } from "./records.ts";
import type { StreamState } from "./state.ts";

/** The state of a stream right after it was created. */
export function initialState(record: CreateRecord): StreamState {
  if (record.path.length > PATH_BYTES_MAX) throw new RangeError(`a path of ${record.path.length} bytes`);
  return {
    id: record.id,
    path: ownText(record.path),
    contentType: ownText(record.contentType),
    json: isJson(record.contentType),
    createdAt: record.at,
    ttlSeconds: record.ttlSeconds,
    expiresAt: record.expiresAt,
    maxBytes: record.maxBytes,
    fork: record.fork,
    tail: (record.fork?.offset ?? 0) + record.data.byteLength,
    closed: record.closed,
    closedBy: undefined,
    lastStreamSeq: undefined,
    producers: undefined,
    renewedAt: record.at,
    lastAppendAt: record.at,
    references: 0,
    life: "live",
  };
}

/**
 * Applies `record` to `state`, which must be one of the streams the record changes (`changedIds`).
 */
export function evolve(state: StreamState, record: StreamRecord): void {
  switch (record.kind) {
    case "append":
      evolveAppend(state, record);
      return;
    case "create":
      state.references += 1;
      return;
    case "delete":
      evolveDelete(state, record);
      return;
    case "renew":
      state.renewedAt = Math.max(state.renewedAt, record.at);
  }
}

function evolveAppend(state: StreamState, record: AppendRecord): void {
  if (record.position !== state.tail) {
    throw new Error(
      `append record at ${record.position} does not fit stream ${state.id} with tail ${state.tail}`,
    );
  }
  state.tail += record.data.byteLength;
  state.renewedAt = record.at;
  state.lastAppendAt = record.at;
  if (record.streamSeq !== undefined) state.lastStreamSeq = ownText(record.streamSeq);
  const producer = record.producer;
  if (producer !== undefined) {
    state.producers ??= new KnownProducers();
    state.producers.note(producer, record.at);
  }
  if (record.closes) {
    state.closed = true;
    state.closedBy =
      producer === undefined
        ? undefined
        : { producerId: ownText(producer.id), epoch: producer.epoch, seq: producer.seq };
  }
}

function evolveDelete(state: StreamState, record: DeleteRecord): void {
  if (record.removed.includes(state.id)) state.life = "removed";
  else if (record.id === state.id) {
    state.life = "soft-deleted";
    // Nobody appends to it any more: what is left of it serves its forks.
    state.producers = undefined;
  } else state.references -= 1;
}
