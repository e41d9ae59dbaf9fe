/**
 * The durable log of one process: a write-ahead log of segments, and an archive of what was checkpointed. See
 * ARCHITECTURE.md, "The local log", for why it is built like this.
 *
 *     append -> frame in a slab -> group commit -> durable            (log-writer.ts, segments.ts)
 *     slabs  -> checkpoint, in slices -> archive -> segments dropped  (checkpoint.ts)
 *     open   -> archive's log position -> replay what follows         (recovery.ts, replay.ts)
 *     read   -> slabs for what is not archived yet, else the archive  (tails.ts, archive/chunks.ts)
 */
import {
  type Archive,
  type Log,
  type LogFailure,
  type LogHealth,
  type LogListener,
  type LogMetrics,
  type PendingRecord,
  READ_CHUNK_BYTES,
  type Recovery,
  type RecoveryTarget,
  StreamRemoved,
} from "../contract/index.ts";
import type { ArchiveStore } from "./archive/archive-store.ts";
import { ArchivedStreams } from "./archive/archived-streams.ts";
import { archivedBoundary, readArchived } from "./archive/chunks.ts";
import { STORE_KEY } from "./archive/keys.ts";
import { decodeStoreRow, type StoreRow } from "./archive/rows.ts";
import { Budget, type BudgetLimits, type BudgetUse } from "./budget.ts";
import { Checkpoint } from "./checkpoint.ts";
import { CheckpointSchedule, type ScheduledLog, type ScheduleParts } from "./checkpoint-schedule.ts";
import type { Disk } from "./disk.ts";
import { LogWriter, type WriterEvents } from "./log-writer.ts";
import { walkLog } from "./recovery.ts";
import { RemovedStreams } from "./removed-streams.ts";
import { Replay } from "./replay.ts";
import { flushSegments, Segments } from "./segments.ts";
import { Slabs } from "./slabs.ts";
import { StreamArchiver } from "./stream-archiver.ts";
import { Tails } from "./tails.ts";

/** What a local log is made of and how it behaves. Complete: defaults are for `openLocalLog`. */
export interface LocalLogParts extends BudgetLimits, ScheduleParts {
  /** The directory of the segments. */
  readonly disk: Disk;
  readonly store: ArchiveStore;
  /** `true`: durable means on disk. `false`: durable means handed to the operating system. */
  readonly flushing: boolean;
  /** A recovery archives what it has replayed each time it is this much, or has changed half of `budgetStreams`. */
  readonly recoveryBytes: number;
  /** The size of slabs in memory. */
  readonly slabBytes: number;
  /** The size to which segments are prepared. */
  readonly segmentBytes: number;
  /** The most bytes that one transaction of a checkpoint brings into the archive, give or take one chunk. */
  readonly sliceBytes: number;
  /** Names a new store. */
  readonly newStoreId: () => string;
  /** Called when the log is closed. */
  readonly afterClose: () => Promise<void>;
}

/** What exists once the log is open. */
interface Opened<Pending extends PendingRecord> {
  readonly writer: LogWriter<Pending>;
  readonly segments: Segments;
}

export class LocalLog<Pending extends PendingRecord>
  implements Log<Pending>, WriterEvents<Pending>, ScheduledLog, BudgetUse
{
  readonly archive: Archive;
  readonly #parts: LocalLogParts;
  readonly #archived: ArchivedStreams;
  readonly #removed: RemovedStreams;
  readonly #slabs: Slabs;
  readonly #tails: Tails;
  readonly #checkpoint: Checkpoint;
  readonly #schedule: CheckpointSchedule;
  readonly #budget: Budget;
  readonly #storeRow: StoreRow;
  #listener: LogListener<Pending> | undefined;
  #opened: Opened<Pending> | undefined;
  #lastId: number;
  #term: number;
  #closed = false;

  constructor(parts: LocalLogParts) {
    const { store, now, sliceBytes } = parts;
    const stored = store.get(STORE_KEY);
    const fresh = { logPosition: 0, term: 0, streams: 0, lastId: 0, storeId: parts.newStoreId() };
    this.#parts = parts;
    this.#budget = new Budget(parts, this);
    this.#storeRow = stored === undefined ? fresh : decodeStoreRow(stored);
    this.#lastId = this.#storeRow.lastId;
    this.#term = this.#storeRow.term;
    this.#slabs = new Slabs(this.#storeRow.logPosition, parts.slabBytes);
    this.#tails = new Tails(this.#slabs);
    this.#removed = new RemovedStreams(store);
    this.#archived = new ArchivedStreams(store, this.#tails);
    this.archive = this.#archived;
    const archiver = new StreamArchiver(store, this.#tails);
    const checkpointParts = { store, archiver, tails: this.#tails, removed: this.#removed, sliceBytes, now };
    this.#checkpoint = new Checkpoint(checkpointParts, this.#storeRow);
    this.#schedule = new CheckpointSchedule(parts, this.#checkpoint, this.#budget, this);
  }

  /** @throws CorruptLog when acknowledged data is damaged */
  async open(target: RecoveryTarget, listener: LogListener<Pending>): Promise<Recovery> {
    const { disk, store, flushing, segmentBytes, now } = this.#parts;
    const began = now();
    this.#listener = listener;
    const replay = new Replay({
      target,
      store,
      tails: this.#tails,
      archived: this.#archived,
      removed: this.#removed,
      makeRoom: (term, lastId, secure) => this.#makeRoomInRecovery(term, lastId, secure),
    });
    const walked = await walkLog(disk, this.#slabs, this.#term, replay);
    this.#lastId = Math.max(this.#lastId, replay.lastId);
    await flushSegments(disk, walked.segments);
    for (const name of walked.unneeded) await disk.remove(name);
    await this.#checkpoint.nameStore();
    const segments = await Segments.open(disk, flushing, segmentBytes, walked.segments, this.#slabs.end);
    const writer = new LogWriter<Pending>(
      { ...this.#parts, slabs: this.#slabs, tails: this.#tails, segments },
      this,
      walked.term,
    );
    this.#opened = { writer, segments };
    await writer.startTerm();
    segments.prepareNext();
    this.#schedule.begin();
    return {
      streams: this.#checkpoint.streams + replay.newStreams,
      records: walked.records,
      bytes: walked.bytes,
      tornTail: walked.tornTail,
      elapsedMs: now() - began,
      lastId: this.#lastId,
      storeId: this.#storeRow.storeId,
    };
  }

  /** More than fits in memory is archived while it is replayed. */
  async #makeRoomInRecovery(term: number, lastId: number, secure: () => Promise<void>): Promise<boolean> {
    this.#term = term;
    this.#lastId = Math.max(this.#lastId, lastId);
    const { recoveryBytes, budgetStreams } = this.#parts;
    if (this.unarchivedBytes < recoveryBytes && this.changedStreams < budgetStreams / 2) return false;
    await secure();
    await this.#checkpoint.run(this);
    return true;
  }

  // What the budget asks.

  get unarchivedBytes(): number {
    return this.#slabs.end - this.#checkpoint.logPosition;
  }

  get changedStreams(): number {
    return this.#tails.changedCount;
  }

  get checkpointProgress(): number | undefined {
    return this.#schedule.progress;
  }

  admit(byteLength: number): Promise<void> | undefined {
    if (this.health() !== "ok") return undefined;
    const room = this.#budget.admit(byteLength);
    if (room !== undefined) this.#schedule.start();
    return room;
  }

  /** Whoever waits for room is let in when there is some, or when there is no use in waiting. */
  #letIn(): void {
    if (this.health() === "ok") this.#budget.letIn();
    else this.#budget.letAllIn();
  }

  append(pending: Pending): void {
    const health = this.health();
    if (this.#opened === undefined || health !== "ok") throw new Error(`append to a log that is ${health}`);
    const { record } = pending;
    if (record.kind === "create") this.#lastId = Math.max(this.#lastId, record.id);
    else if (record.kind === "delete") for (const id of record.removed) this.#archived.hide(id);
    this.#opened.writer.append(pending);
  }

  read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    const tail = this.#tails.get(id);
    if (tail?.gone || this.#removed.has(id)) throw new StreamRemoved(id);
    if (tail !== undefined && from >= tail.hotFrom) {
      const length = Math.min(to - from, READ_CHUNK_BYTES);
      const bytes = memory?.subarray(0, length) ?? Buffer.allocUnsafe(length);
      this.#tails.copy(tail, from, from + bytes.length, bytes);
      return bytes;
    }
    const bytes = readArchived(this.#parts.store, id, from, Math.min(to, tail?.hotFrom ?? to), memory);
    if (bytes === undefined) throw new StreamRemoved(id);
    return bytes;
  }

  boundaryBefore(id: number, position: number): number {
    const tail = this.#tails.get(id);
    if (tail === undefined || position < tail.hotFrom) {
      return archivedBoundary(this.#parts.store, id, position) ?? position;
    }
    return position >= tail.state.tail ? position : this.#tails.extentAt(tail, position).start;
  }

  health(): LogHealth {
    // Whoever waited for room until now comes too late.
    if (this.#closed) return "read-only";
    const writing = this.#opened?.writer.health ?? "ok";
    return writing === "ok" ? this.#schedule.health : writing;
  }

  metrics(): LogMetrics {
    return {
      logBytesTotal: this.#slabs.end,
      unarchivedBytes: this.unarchivedBytes,
      unarchivedStreams: this.#tails.changedCount,
      slabBytes: this.#slabs.heldBytes,
      segments: this.#opened?.segments.count ?? 0,
      checkpointsTotal: this.#schedule.count,
      lastCheckpointMs: this.#schedule.lastMs,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#schedule.stop();
    if (this.#opened !== undefined) {
      const { writer, segments } = this.#opened;
      // What was lost on the way has been told to the listener.
      await writer.secure(this.end).catch(() => {});
      this.#letIn();
      await this.#schedule.finish();
      writer.close();
      await segments.close();
    }
    await this.#parts.store.close();
    await this.#parts.afterClose();
  }

  /** Writes a checkpoint now, or waits for the one under way. Resolves also when it failed: see `health`. */
  checkpoint(): Promise<void> {
    this.#schedule.start();
    return this.#schedule.settled();
  }

  // What the writer tells.

  onDurable(batch: readonly Pending[]): void {
    for (const { record } of batch) {
      if (record.kind === "delete") for (const id of record.removed) this.#tails.get(id)!.gone = true;
    }
    this.#listener!.onDurable(batch);
    this.#schedule.startIfDue();
  }

  onUndo({ record }: Pending): void {
    if (record.kind === "delete") for (const id of record.removed) this.#archived.unhide(id);
  }

  onFailed(batch: readonly Pending[], failure: LogFailure): void {
    this.#listener!.onFailed(batch, failure);
  }

  onHealth(): void {
    this.#letIn();
  }

  // What a checkpoint asks.

  get end(): number {
    return this.#slabs.end;
  }

  get term(): number {
    return this.#opened?.writer.term ?? this.#term;
  }

  get lastId(): number {
    return this.#lastId;
  }

  async secure(position: number): Promise<void> {
    await this.#opened?.writer.secure(position);
  }

  async dropBefore(position: number): Promise<void> {
    this.#slabs.dropBefore(position);
    await this.#opened?.segments.dropBefore(position);
  }

  onRemoved(id: number): void {
    this.#archived.unhide(id);
  }

  onArchived(): void {
    this.#listener!.onArchived();
    this.#letIn();
  }

  get isWriting(): boolean {
    return this.#opened?.writer.health === "ok";
  }

  onCheckpointEnd(): void {
    this.#letIn();
  }
}
