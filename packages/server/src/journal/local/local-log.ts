/**
 * The durable log of one process: a write-ahead log of segments, and an archive of what was checkpointed. See
 * `README.md` here for why it is built like this; `create-local-log.ts` puts it together.
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
import type { ArchiveHead } from "./archive/archive-head.ts";
import type { ArchivedStreams } from "./archive/archived-streams.ts";
import type { Budget } from "./budget.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { CheckpointSchedule } from "./checkpoint-schedule.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { RecordsLost } from "./failure.ts";
import { flushSegments } from "./flush-segments.ts";
import type { LocalLogParts } from "./local-log-parts.ts";
import type { LogEventListener } from "./log-events.ts";
import type { LogState } from "./log-state.ts";
import type { WriterEvents } from "./log-writer.ts";
import type { LongWrites } from "./long-writes.ts";
import type { MarkKeeper } from "./mark-keeper.ts";
import { openWriting } from "./open-writing.ts";
import type { Walked } from "./recovery.ts";
import type { RemovedStreams } from "./removed-streams.ts";
import { replayLog } from "./replay-log.ts";
import type { Reserve } from "./reserve.ts";
import type { Slabs } from "./slabs.ts";
import type { StoredBytes } from "./stored-bytes.ts";
import type { Tails } from "./tails.ts";

/** The parts of a log, as `createLocalLog` makes them. */
export interface LocalLogMembers {
  readonly parts: LocalLogParts;
  readonly state: LogState;
  readonly head: ArchiveHead;
  readonly slabs: Slabs;
  readonly tails: Tails;
  readonly archived: ArchivedStreams;
  readonly removed: RemovedStreams;
  readonly bytes: StoredBytes;
  readonly guard: DiskGuard;
  readonly mark: MarkKeeper;
  readonly reserve: Reserve;
  readonly checkpoint: Checkpoint;
  readonly schedule: CheckpointSchedule;
  readonly budget: Budget;
  readonly longWrites: LongWrites;
}

export class LocalLog implements Log, WriterEvents, LogEventListener {
  readonly archive: Archive;
  readonly #members: LocalLogMembers;
  readonly #state: LogState;
  readonly #archived: ArchivedStreams;
  readonly #bytes: StoredBytes;
  readonly #tails: Tails;
  readonly #guard: DiskGuard;
  readonly #mark: MarkKeeper;
  readonly #reserve: Reserve;
  readonly #schedule: CheckpointSchedule;
  readonly #budget: Budget;
  readonly #longWrites: LongWrites;
  #listener: LogListener | undefined;
  #closed = false;

  constructor(members: LocalLogMembers) {
    this.#members = members;
    this.#state = members.state;
    this.#archived = members.archived;
    this.archive = members.archived;
    this.#bytes = members.bytes;
    this.#tails = members.tails;
    this.#guard = members.guard;
    this.#mark = members.mark;
    this.#reserve = members.reserve;
    this.#schedule = members.schedule;
    this.#budget = members.budget;
    this.#longWrites = members.longWrites;
  }

  /** @throws CorruptLog when acknowledged data is damaged */
  async open(target: RecordTarget, listener: LogListener): Promise<Recovery> {
    const { parts, state, head, ...held } = this.#members;
    const { disk, now } = parts;
    const began = now();
    this.#listener = listener;
    const { walked, newStreams } = await replayLog({ ...parts, ...held }, state, target);
    await flushSegments(disk, walked.segments);
    for (const name of walked.unneeded) await disk.remove(name);
    // Before the log goes on: a segment that lay behind its end, and came back with a power cut, would be taken for the place
    // where records are that were written since.
    if (walked.unneeded.length > 0) await disk.flushDirectory();
    // Makes sure that the archive has its name and format on disk, before anything refers to it.
    await head.write([], {});
    await this.#beginToWrite(walked);
    const { records, bytes, tornTail } = walked;
    return {
      streams: head.row.streams + newStreams,
      ...{ records, bytes, tornTail, elapsedMs: now() - began },
      ...{ lastId: state.lastId, storeId: head.row.storeId },
    };
  }

  async #beginToWrite(walked: Walked): Promise<void> {
    const { parts, slabs, tails, guard } = this.#members;
    const writing = await openWriting({ ...parts, slabs, tails, guard }, this, walked);
    const { writer, segments } = writing;
    this.#state.beginToWrite(writing);
    await writer.startTerm();
    await this.#mark.reset();
    this.#guard.watch([segments, this.#mark], parts.held);
    segments.prepareNext();
    this.#reserve.begin();
    this.#schedule.begin();
  }

  admit(byteLength: number): ReturnType<Budget["admit"]> {
    return this.health() === "ok" ? this.#longWrites.admit(byteLength) : undefined;
  }

  /** Whoever waits for room is let in when there is some, or when there is no use in waiting. */
  #letIn(): void {
    if (this.health() === "ok") this.#budget.letIn();
    else for (const line of [this.#longWrites, this.#budget]) line.letAllIn();
  }

  writeAhead(data: AppendRecord["data"]): Promise<() => void> | undefined {
    return this.health() === "ok" ? this.#state.writing?.ahead.write(data) : undefined;
  }

  append(pending: PendingRecord): void {
    const health = this.health();
    const { record } = pending;
    const { writing } = this.#state;
    const isTaken = health === "ok" || (givesRoomBack(record) && this.takesRemovals());
    if (writing === undefined || !isTaken) throw new AppendRefused(health);
    if (record.kind === "create") this.#state.noteId(record.id);
    else if (record.kind === "delete") for (const id of record.removed) this.#archived.hide(id);
    writing.writer.append(pending);
  }

  read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    return this.#bytes.read(id, from, to, memory);
  }

  boundaryBefore(id: number, position: number): number {
    return this.#bytes.boundaryBefore(id, position);
  }

  damageFrom(id: number, position: number): number | undefined {
    return this.#bytes.damageFrom(id, position);
  }

  health(): LogHealth {
    // Whoever waited for room until now comes too late.
    if (this.#closed || this.#guard.health !== "ok") return "read-only";
    const { health = "ok" } = this.#state.writing?.writer ?? {};
    if (health !== "ok" || this.#schedule.health !== "ok")
      return health === "ok" ? this.#schedule.health : health;
    return this.#reserve.isTight ? "full" : "ok";
  }

  takesRemovals(): boolean {
    if (this.#closed || this.#guard.health !== "ok" || !this.#state.isWriting) return false;
    return this.#schedule.health !== "read-only";
  }

  metrics(): LogMetrics {
    return {
      logBytesTotal: this.#state.end,
      unarchivedBytes: this.#state.unarchivedBytes,
      unarchivedStreams: this.#state.changedStreams,
      slabBytes: this.#members.slabs.heldBytes,
      segments: this.#state.writing?.segments.count ?? 0,
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
    const { writing } = this.#state;
    if (writing !== undefined) {
      const { ahead, writer, segments } = writing;
      await writer.secure(this.#state.end).catch((error: unknown) => {
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
    const { store, afterClose } = this.#members.parts;
    await store.close();
    await afterClose();
  }

  /** Writes a checkpoint now, or waits for the one under way. Resolves also when it failed: see `health`. */
  checkpoint(): Promise<void> {
    return this.#schedule.run();
  }

  // What the writer tells.

  onDurable(batch: readonly PendingRecord[]): void {
    for (const { record } of batch) {
      if (record.kind === "delete") for (const id of record.removed) this.#tails.get(id)!.gone = true;
    }
    this.#listener!.onDurable(batch);
    this.#longWrites.letIn();
    this.#mark.note();
    this.#schedule.startIfDue();
  }

  onUndo({ record }: PendingRecord): void {
    if (record.kind === "delete") for (const id of record.removed) this.#archived.unhide(id);
  }

  onFailed(batch: readonly PendingRecord[], failure: LogFailure): void {
    this.#listener!.onFailed(batch, failure);
  }

  // What the writer and the parts tell.

  onHealth(): void {
    if (this.health() === "full") this.#reserve.release(this.#state.writing?.segments);
    this.#letIn();
  }

  onRoom(isTight: boolean): void {
    if (isTight) this.#schedule.start();
    this.#letIn();
  }

  onArchived(): void {
    this.#listener!.onArchived();
    this.#letIn();
  }
}
