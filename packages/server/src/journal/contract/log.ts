/**
 * Where records become durable, and where stored bytes are read back. Memory and disk implement this contract;
 * neither knows a rule of the protocol.
 *
 * The law: a record is *accepted* when `append` returns and *durable* when the listener hears of it. Only then
 * may a reader see it or its writer be answered. Records become durable in the order in which they were
 * appended, and when one fails, so do all that were accepted after it.
 */
import type { StreamRecord } from "../../stream/records.ts";
import type { StreamState } from "../../stream/state.ts";

/** A record on its way to the disk. Whoever appends it subclasses this with what is to be done when it settles. */
export interface PendingRecord {
  readonly record: StreamRecord;
  /**
   * The state of the record's own stream, changed by it already. A checkpoint writes it as it is then; the log
   * never changes it.
   */
  readonly state: StreamState;
  /** The states of other streams that the record changed: the sources of forks. */
  readonly others: readonly StreamState[];
}

/** Why records could not be made durable. */
export type LogFailure =
  /** The disk is full. Later appends may succeed once there is room again. */
  | { readonly kind: "full"; readonly cause: Error }
  /** A write or flush failed: nothing will be written until the process is restarted. */
  | { readonly kind: "failed"; readonly cause: Error };

/** Hears what becomes of records. Called once for each record, in the order of `append`. */
export interface LogListener<Pending extends PendingRecord> {
  /** The batch is durable. The array is reused after the call returns. */
  onDurable(batch: readonly Pending[]): void;
  /** These records, in order of `append`, and none after them, are lost; the log holds no trace of them. */
  onFailed(batch: readonly Pending[], failure: LogFailure): void;
  /** More states are in the archive now, so that some may be dropped from memory. Called in recovery, too. */
  onArchived(): void;
}

/** Rebuilds the states while the log replays what was written after its last checkpoint. */
export interface RecoveryTarget {
  /**
   * Applies a record again. `applies(id)` tells whether the state of that stream does not hold the record yet
   * (a checkpoint may have stored it later than others). Returns the states that the record changed, without
   * those that it does not apply to.
   */
  replay(record: StreamRecord, applies: (id: number) => boolean): readonly StreamState[];
}

/** What was found when the log was opened. */
export interface Recovery {
  /** Live and soft-deleted streams. */
  readonly streams: number;
  /** Records replayed on top of the last checkpoint. */
  readonly records: number;
  /** Bytes of the log that were read. */
  readonly bytes: number;
  /** Whether the log ended in a record that was cut off by a crash. */
  readonly tornTail: boolean;
  readonly elapsedMs: number;
  /** Ids up to and including this one have been used. */
  readonly lastId: number;
  /** Names this store for as long as its data lives; part of every ETag. */
  readonly storeId: string;
}

/** `ok`; `full`: appends fail until there is room; `read-only`: appends fail until a restart. */
export type LogHealth = "ok" | "full" | "read-only";

/** A place among the recorded deadlines: the deadline, epoch milliseconds, and the stream's id. */
export type DuePlace = readonly [deadlineMs: number, id: number];

export interface DuePage {
  /** Fewer than asked for, even none, before the end. */
  readonly ids: readonly number[];
  /** Where the next page begins; undefined: this was the last. */
  readonly next: DuePlace | undefined;
}

/**
 * Streams that need not be held in memory, since they can be brought back from here. A stream whose was appended is not returned any more (unless the removal failed).
 */
export interface Archive {
  /** The state of a live or soft-deleted stream, as of its last checkpoint; a fresh object each time. */
  byPath(path: string): StreamState | undefined;
  byId(id: number): StreamState | undefined;
  /** Paths after `after` (exclusive) that begin with `prefix`, sorted, at most `limit`. */
  paths(prefix: string, after: string, limit: number): readonly string[];
  /**
   * A page of the streams whose recorded deadline is at or before `beforeMs`, earliest first, at most `limit`, from the
   * start or where an earlier page ended.
   */
  due(beforeMs: number, limit: number, after?: DuePlace): DuePage;
  /**
   * Lets go of a state that its holder is about to drop from memory. False when the archive does not hold it exactly
   * as it is now: then it must be kept.
   */
  release(state: StreamState): boolean;
}

/** A value that is there at once, as nearly always, or a promise of it. */
export type Soon<Value> = Value | Promise<Value>;

/** Figures for operators. Counts and bytes are current values, `*Total` are since start. */
export type LogMetrics = Readonly<Record<string, number>>;

/** Room that is kept for whoever waited for it, and for nobody else. */
export interface Permit {
  /** What it is for: bytes of data of one record. */
  readonly byteLength: number;
  /** Gives the room back: the record was appended, and counts itself, or there will be none. Later calls do nothing. */
  release(): void;
}

export interface Log<Pending extends PendingRecord = PendingRecord> {
  /** Undefined: every stream stays in memory. */
  readonly archive: Archive | undefined;

  /** Replays what is stored, then hears of records. Called once, before anything else. */
  open(target: RecoveryTarget, listener: LogListener<Pending>): Promise<Recovery>;

  /**
   * Asks for room for a record with this many bytes of data. Undefined when there is room now; otherwise resolves when
   * there is, or when waiting is of no use (ask `health`). This is the back-pressure that bounds the memory of tails not
   * yet archived.
   */
  admit(byteLength: number): Promise<Permit> | undefined;

  /**
   * Accepts a record and copies its bytes before it returns. Throws when the log is not `ok`; ask `health`
   * first. The listener is never called from inside.
   */
  append(pending: Pending): void;

  /**
   * Bytes of a stream's own range `[from, to)`, which must be durable and not empty: at least one byte, at most
   * `READ_CHUNK_BYTES`. The caller owns the returned bytes. What is hot comes at once; what lies far away may come
   * later, as a promise, which may find the stream gone.
   * Throws, or rejects with, `StreamRemoved` when the stream does not exist any more and `DamagedData` when the bytes
   * are not those that were written.
   *
   * @param memory where to put them: `READ_CHUNK_BYTES` of the caller's own; without it they get their own
   */
  read(id: number, from: number, to: number, memory?: Uint8Array): Soon<Uint8Array>;

  /**
   * Where the append begins that holds the byte at `position` of the stream's own range; `position` itself at the tail.
   */
  boundaryBefore(id: number, position: number): number;

  health(): LogHealth;
  /**
   * Whether records that give room back are taken, also while the log is `full`: deletions, and appends that close a
   * stream and hold no data.
   */
  takesRemovals(): boolean;
  metrics(): LogMetrics;

  /** Makes what was accepted durable, writes a checkpoint and closes the files. */
  close(): Promise<void>;
}

/** The most that one read returns, so that no read holds up the event loop and no copy is large. */
export const READ_CHUNK_BYTES = 64 * 1024;
