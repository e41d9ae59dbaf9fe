/**
 * The facts of the log. A record holds everything its decision changed, so that data and de-duplication state
 * cannot part company in a crash. `at` is the moment of the decision, epoch milliseconds.
 */
import type { ForkOrigin } from "./state.ts";

/** Stored bytes of an append: the concatenation of `parts`. The parts belong to the request that sent them. */
export interface StoredBytes {
  readonly parts: readonly Uint8Array[];
  /** Sum of the lengths of `parts`. */
  readonly byteLength: number;
  /** So many bytes before the only part, in the same memory, are free to be overwritten by whoever stores it. Default 0. */
  readonly headroom?: number;
}

/** The headroom of long bodies: it takes whatever a log puts before the data of a record. */
export const HEADROOM_BYTES = 8 * 1024;

/** Memory for the one part of a long body, with that headroom. It takes up what is written of it, and holds anything before. */
export function withHeadroom(byteLength: number): Buffer {
  return Buffer.allocUnsafeSlow(HEADROOM_BYTES + byteLength).subarray(HEADROOM_BYTES);
}

export const NO_BYTES: StoredBytes = { parts: [], byteLength: 0 };

/** A stream came to be; as a fork, it also holds a reference on its source. */
export interface CreateRecord {
  readonly kind: "create";
  readonly id: number;
  readonly at: number;
  readonly path: string;
  readonly contentType: string;
  readonly ttlSeconds: number | undefined;
  readonly expiresAt: number | undefined;
  readonly maxBytes: number | undefined;
  readonly fork: ForkOrigin | undefined;
  readonly closed: boolean;
  readonly data: StoredBytes;
}

/** The producer headers of one accepted request. */
export interface ProducerTuple {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
}

/** Bytes were appended, or the stream was closed, or both at once. */
export interface AppendRecord {
  readonly kind: "append";
  readonly id: number;
  readonly at: number;
  /** Where `data` begins: the tail before this record. */
  readonly position: number;
  readonly data: StoredBytes;
  readonly closes: boolean;
  readonly producer: ProducerTuple | undefined;
  readonly streamSeq: string | undefined;
}

/** A stream was deleted or expired, with all that follows from it for the streams it was forked from. */
export interface DeleteRecord {
  readonly kind: "delete";
  readonly id: number;
  readonly at: number;
  /**
   * Streams that cease to exist: the stream itself, then each soft-deleted source that lost its last fork.
   * Empty when the stream is only soft-deleted because forks still need its bytes.
   */
  readonly removed: readonly number[];
  /** The surviving source that loses one reference, if any. */
  readonly released: number | undefined;
}

/** A use renewed the TTL. Written now and then, so that a restart forgets little of a lifetime. */
export interface RenewRecord {
  readonly kind: "renew";
  readonly id: number;
  readonly at: number;
}

export type StreamRecord = CreateRecord | AppendRecord | DeleteRecord | RenewRecord;

/**
 * The ids of the existing streams whose state a record changes: for a create record the fork's source, if any
 * (the created stream itself comes from `initialState`), for all others the record's own stream first.
 */
export function changedIds(record: StreamRecord): readonly number[] {
  switch (record.kind) {
    case "create":
      return record.fork === undefined ? [] : [record.fork.sourceId];
    case "delete": {
      const others = record.removed.filter((id) => id !== record.id);
      return record.released === undefined ? [record.id, ...others] : [record.id, ...others, record.released];
    }
    default:
      return [record.id];
  }
}

/** Whether a record ends what takes room: a deletion, or a close without data. */
export function givesRoomBack(record: StreamRecord): boolean {
  return (
    record.kind === "delete" || (record.kind === "append" && record.closes && record.data.byteLength === 0)
  );
}
