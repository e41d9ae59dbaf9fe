/**
 * The durable log of one process: a write-ahead log of segments, and an archive of what was checkpointed. See
 * ARCHITECTURE.md, "The local log", for why it is built like this.
 *
 *     append -> frame in a slab -> group commit -> durable            (log-writer.ts, segments.ts)
 *     slabs  -> checkpoint, in slices -> archive -> segments dropped  (checkpoint.ts)
 *     open   -> archive's log position -> replay what follows         (recovery.ts, replay.ts)
 *     read   -> slabs for what is not archived yet, else the archive  (tails.ts, archive/chunks.ts)
 */

import { type AppendRecord, givesRoomBack } from "../../stream/records.ts";
import {
  AppendRefused,
  type Archive,
  type Log,
  type LogFailure,
  type LogHealth,
  type LogListener,
  type LogMetrics,
  type PendingRecord,
  type RecordTarget,
  type Recovery,
} from "../contract/index.ts";
import { ArchivedStreams } from "./archive/archived-streams.ts";
import { STORE_KEY } from "./archive/keys.ts";
import { decodeStoreRow, type StoreRow } from "./archive/rows.ts";
import { Budget, type BudgetUse } from "./budget.ts";
import { Checkpoint } from "./checkpoint.ts";
import { CheckpointSchedule, type ScheduledLog } from "./checkpoint-schedule.ts";
import { DiskGuard } from "./disk-guard.ts";
import { EMPTY_MARK, type Mark } from "./durable-mark.ts";
import { RecordsLost } from "./failure.ts";
import { flushSegments } from "./flush-segments.ts";
import type { LocalLogParts } from "./local-log-parts.ts";
import type { WriterEvents } from "./log-writer.ts";
import { MarkKeeper } from "./mark-keeper.ts";
import { openWriting, type Writing } from "./open-writing.ts";
import type { Walked } from "./recovery.ts";
import { RemovedStreams } from "./removed-streams.ts";
import { type ReplayedLog, replayLog } from "./replay-log.ts";
import { Reserve, type ReservedLog } from "./reserve.ts";
import { Slabs } from "./slabs.ts";
import { StoredBytes } from "./stored-bytes.ts";
import { StreamArchiver } from "./stream-archiver.ts";
import { Tails } from "./tails.ts";

export class LocalLog implements Log, WriterEvents, ScheduledLog, BudgetUse, ReservedLog, ReplayedLog {
  readonly archive: Archive;
  readonly #parts: LocalLogParts;
  readonly #archived: ArchivedStreams;
  readonly #removed: RemovedStreams;
  readonly #slabs: Slabs;
  readonly #tails: Tails;
  readonly #bytes: StoredBytes;
  readonly #guard: DiskGuard;
  readonly #mark: MarkKeeper;
  readonly #reserve: Reserve;
  readonly #checkpoint: Checkpoint;
  readonly #schedule: CheckpointSchedule;
  readonly #budget: Budget;
  readonly #storeRow: StoreRow;
  #listener: LogListener | undefined;
  #opened: Writing | undefined;
  #lastId: number;
  #term: number;
  /** What is durable of what was replayed. */
  #replayed = EMPTY_MARK;
  #closed = false;

  constructor(parts: LocalLogParts) {
    const { now, sliceBytes } = parts;
    this.#guard = new DiskGuard(parts, () => this.#letIn());
    const { store } = this.#guard;
    const stored = store.get(STORE_KEY);
    const fresh = { logPosition: 0, term: 0, streams: 0, lastId: 0, storeId: parts.newStoreId() };
    this.#parts = { ...parts, store };
    this.#budget = new Budget(parts, this);
    this.#storeRow = stored === undefined ? fresh : decodeStoreRow(stored);
    this.#lastId = this.#storeRow.lastId;
    this.#term = this.#storeRow.term;
    this.#slabs = new Slabs(this.#storeRow.logPosition, parts.slabBytes);
    this.#tails = new Tails(this.#slabs);
    this.#removed = new RemovedStreams(store);
    this.#archived = new ArchivedStreams(store, this.#tails);
    this.archive = this.#archived;
    this.#bytes = new StoredBytes(store, this.#tails, this.#removed);
    this.#reserve = new Reserve(this.#parts, this.#guard, this);
    this.#mark = new MarkKeeper(parts, this.#guard, () => this.#durable);
    const archiver = new StreamArchiver(store, this.#tails);
    const kept = { tails: this.#tails, removed: this.#removed, mark: this.#mark, reserve: this.#reserve };
    this.#checkpoint = new Checkpoint({ store, archiver, ...kept, sliceBytes, now }, this.#storeRow);
    this.#schedule = new CheckpointSchedule(parts, this.#checkpoint, this.#budget, this);
  }

  /** @throws CorruptLog when acknowledged data is damaged */
  async open(target: RecordTarget, listener: LogListener): Promise<Recovery> {
    const { disk, now } = this.#parts;
    const held = { slabs: this.#slabs, tails: this.#tails, archived: this.#archived, removed: this.#removed };
    const kept = { mark: this.#mark, guard: this.#guard, checkpoint: this.#checkpoint };
    const began = now();
    this.#listener = listener;
    const { walked, newStreams } = await replayLog({ ...this.#parts, ...held, ...kept }, this, target);
    await flushSegments(disk, walked.segments);
    for (const name of walked.unneeded) await disk.remove(name);
    await this.#checkpoint.nameStore();
    await this.#beginToWrite(walked);
    const { records, bytes, tornTail } = walked;
    return {
      streams: this.#checkpoint.streams + newStreams,
      ...{ records, bytes, tornTail, elapsedMs: now() - began },
      ...{ lastId: this.#lastId, storeId: this.#storeRow.storeId },
    };
  }

  async #beginToWrite(walked: Walked): Promise<void> {
    const onTrouble = this.#guard.trouble.bind(this.#guard);
    const held = { slabs: this.#slabs, tails: this.#tails };
    this.#opened = await openWriting({ ...this.#parts, ...held, onTrouble }, this, walked);
    const { writer, segments } = this.#opened;
    await writer.startTerm();
    await this.#mark.reset();
    this.#guard.watch([segments, this.#mark, ...this.#parts.held]);
    segments.prepareNext();
    this.#reserve.begin();
    this.#schedule.begin();
  }

  onReplayed(term: number, lastId: number, durable: Mark | undefined): void {
    this.#term = term;
    this.#lastId = Math.max(this.#lastId, lastId);
    this.#replayed = durable ?? this.#replayed;
  }

  // What the budget asks.

  get unarchivedBytes(): number {
    return this.#slabs.end - this.#checkpoint.logPosition;
  }

  get longBytes(): number {
    return this.#slabs.longBytesFrom(this.#checkpoint.logPosition);
  }

  get changedStreams(): number {
    return this.#tails.changedCount;
  }

  get checkpointProgress(): number | undefined {
    return this.#schedule.progress;
  }

  admit(byteLength: number): ReturnType<Budget["admit"]> {
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

  writeAhead(data: AppendRecord["data"]): Promise<() => void> | undefined {
    return this.health() === "ok" ? this.#opened?.ahead.write(data) : undefined;
  }

  append(pending: PendingRecord): void {
    const health = this.health();
    const { record } = pending;
    const isTaken = health === "ok" || (givesRoomBack(record) && this.takesRemovals());
    if (this.#opened === undefined || !isTaken) throw new AppendRefused(health);
    if (record.kind === "create") this.#lastId = Math.max(this.#lastId, record.id);
    else if (record.kind === "delete") for (const id of record.removed) this.#archived.hide(id);
    this.#opened.writer.append(pending);
  }

  read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    return this.#bytes.read(id, from, to, memory);
  }

  boundaryBefore(id: number, position: number): number {
    return this.#bytes.boundaryBefore(id, position);
  }

  health(): LogHealth {
    // Whoever waited for room until now comes too late.
    if (this.#closed || this.#guard.health !== "ok") return "read-only";
    const { health = "ok" } = this.#opened?.writer ?? {};
    if (health !== "ok" || this.#schedule.health !== "ok")
      return health === "ok" ? this.#schedule.health : health;
    return this.#reserve.isTight ? "full" : "ok";
  }

  takesRemovals(): boolean {
    if (this.#closed || this.#guard.health !== "ok" || !this.isWriting) return false;
    return this.#schedule.health !== "read-only";
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
      markedBytesTotal: this.#mark.position,
      ...this.#guard.metrics(),
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#schedule.stop();
    if (this.#opened !== undefined) {
      const { ahead, writer, segments } = this.#opened;
      await writer.secure(this.end).catch((error: unknown) => {
        // Whoever lost a record has been told so.
        if (!(error instanceof RecordsLost)) this.#guard.note("making the last records durable", error);
      });
      this.#letIn();
      await this.#schedule.finish();
      writer.close();
      this.#guard.stop();
      await this.#reserve.stop();
      await this.#mark.close();
      ahead.stop();
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

  onDurable(batch: readonly PendingRecord[]): void {
    for (const { record } of batch) {
      if (record.kind === "delete") for (const id of record.removed) this.#tails.get(id)!.gone = true;
    }
    this.#listener!.onDurable(batch);
    this.#mark.note();
    this.#schedule.startIfDue();
  }

  onUndo({ record }: PendingRecord): void {
    if (record.kind === "delete") for (const id of record.removed) this.#archived.unhide(id);
  }

  onFailed(batch: readonly PendingRecord[], failure: LogFailure): void {
    this.#listener!.onFailed(batch, failure);
  }

  onHealth(): void {
    if (this.health() === "full") this.#reserve.release(this.#opened?.segments);
    this.#letIn();
  }

  onRoom(isTight: boolean): void {
    if (isTight) this.#schedule.start();
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

  get #durable(): Mark {
    if (this.#opened === undefined) return this.#replayed;
    const { writer, segments } = this.#opened;
    return segments.markOf(writer.durableTo);
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
    this.onHealth();
  }
}
