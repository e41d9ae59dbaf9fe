/**
 * Where records become durable, and where stored bytes are read back. Memory and disk implement this contract;
 * neither knows a rule of the protocol. Nor does it say where a log lies: this disk, a bucket, or another machine that
 * owns it while this one follows.
 *
 * The law: a record is *accepted* when `append` returns and *durable* when the listener hears of it. Only then
 * may a reader see it or its writer be answered. Records become durable in the order in which they were
 * appended, and when one fails, so do all that were accepted after it.
 */
import type { StoredBytes } from "../../stream/records.ts";
import type { RecordTarget, Recovery } from "./apply.ts";
import type { Archive } from "./archive.ts";
import type { LogListener, PendingRecord } from "./pending.ts";

/**
 * `ok`. `full`: appends fail until there is room. `read-only`: appends fail until a restart. `not-owner`: appends fail, since
 * somebody else owns the log; their records are applied here.
 */
export type LogHealth = "ok" | "full" | "read-only" | "not-owner";

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

export interface Log {
  /** Undefined: every stream stays in memory. */
  readonly archive: Archive | undefined;

  /**
   * Starts the stream of records that are applied to `target`, and resolves once all that was durable when it was called
   * are applied. From then on `listener` hears of those that are appended. Called once, before anything else.
   *
   * Rejects when the log cannot be opened, with an error whose message tells an operator what to do, among them:
   * `CorruptLog` when acknowledged records are lost (local), `NewerFormat` when a newer version wrote it (local).
   */
  open(target: RecordTarget, listener: LogListener): Promise<Recovery>;

  /**
   * Asks for room for a record with this many bytes of data. Undefined when there is room now; otherwise resolves when
   * there is, or when waiting is of no use (ask `health`). This is the back-pressure that bounds the memory of tails not
   * yet archived.
   * Never throws or rejects: a log that takes nothing lets everybody in, to be refused.
   */
  admit(byteLength: number): Promise<Permit> | undefined;

  /**
   * Makes the append of a long record short: brings these bytes, which are to be the data of the next record that has the very
   * same object as its data, to where they will lie, while others are served. Their memory is the log's from then on.
   * Nothing counts before `append`. Resolves to what must be called after that, or when there will be none. Undefined, or no
   * such method: no use. Never rejects.
   */
  writeAhead?(data: StoredBytes): Promise<() => void> | undefined;

  /**
   * Accepts a record and copies its bytes before it returns. The listener is never called from inside.
   *
   * @throws AppendRefused when the log takes no such record now: ask `health` and `takesRemovals` first
   */
  append(pending: PendingRecord): void;

  /**
   * Bytes of a stream's own range `[from, to)`, which must be durable and not empty: at least one byte, at most
   * `READ_CHUNK_BYTES`. The caller owns the returned bytes. What is hot comes at once; what lies far away may come
   * later, as a promise, which may find the stream gone.
   *
   * @param memory where to put them: `READ_CHUNK_BYTES` of the caller's own; without it they get their own
   * @throws StreamRemoved (or rejects with it) when the stream does not exist any more
   * @throws DamagedData (or rejects with it) when the bytes are not those that were written
   */
  read(id: number, from: number, to: number, memory?: Uint8Array): Soon<Uint8Array>;

  /**
   * Where the append begins that holds the byte at `position` of the stream's own range; `position` itself at the tail.
   * It is told at once, wherever the bytes are.
   *
   * @throws DamagedData when the entry that says so is not what was written
   */
  boundaryBefore(id: number, position: number): number;

  /**
   * Where a read has met damaged bytes in the stream's own range, the first such place at or after `position`; undefined
   * when none is known. What lies before can be read.
   */
  damageFrom(id: number, position: number): number | undefined;

  health(): LogHealth;
  /**
   * Whether records that give room back are taken, also while the log is `full`: deletions, and appends that close a
   * stream and hold no data.
   */
  takesRemovals(): boolean;
  metrics(): LogMetrics;

  /** Makes what was accepted durable, writes a checkpoint and closes the files. What fails on the way, the listener hears. */
  close(): Promise<void>;
}

/** The most that one read returns, so that no read holds up the event loop and no copy is large. */
export const READ_CHUNK_BYTES = 64 * 1024;
