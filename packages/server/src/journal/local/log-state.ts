/** Where the log is: what of it is accepted, written, durable and archived. The parts of the log ask this, not each other. */
import type { ArchiveHead } from "./archive/archive-head.ts";
import type { ArchivedStreams } from "./archive/archived-streams.ts";
import type { ScheduledLog } from "./checkpoint-schedule.ts";
import { emptyMark, type Mark } from "./durable-mark.ts";
import type { LogEvents } from "./log-events.ts";
import type { Writing } from "./open-writing.ts";
import type { ReplayedLog } from "./replay-log.ts";
import type { ReservedLog } from "./reserve.ts";
import type { Slabs } from "./slabs.ts";
import type { Tails } from "./tails.ts";

export interface StateParts {
  readonly slabs: Slabs;
  readonly tails: Tails;
  readonly archived: ArchivedStreams;
  readonly head: ArchiveHead;
  readonly events: LogEvents;
}

export class LogState implements ScheduledLog, ReservedLog, ReplayedLog {
  readonly #parts: StateParts;
  #writing: Writing | undefined;
  #lastId: number;
  #term: number;
  /** What is durable of what was replayed. */
  #replayed = emptyMark(0);

  constructor(parts: StateParts) {
    this.#parts = parts;
    this.#lastId = parts.head.row.lastId;
    this.#term = parts.head.row.term;
  }

  /** What writes the log; undefined before it is open. */
  get writing(): Writing | undefined {
    return this.#writing;
  }

  /** From now on the log is written. */
  beginToWrite(writing: Writing): void {
    this.#writing = writing;
  }

  /** The id is in use. */
  noteId(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }

  onReplayed(term: number, lastId: number, durable: Mark | undefined): void {
    this.#term = term;
    this.noteId(lastId);
    this.#replayed = durable ?? this.#replayed;
  }

  get end(): number {
    return this.#parts.slabs.end;
  }

  get unarchivedBytes(): number {
    return this.end - this.#parts.head.row.logPosition;
  }

  get changedStreams(): number {
    return this.#parts.tails.changedCount;
  }

  get term(): number {
    return this.#writing?.writer.term ?? this.#term;
  }

  get lastId(): number {
    return this.#lastId;
  }

  get isWriting(): boolean {
    return this.#writing?.writer.health === "ok";
  }

  /** Up to where the log is durable. */
  get durable(): Mark {
    if (this.#writing === undefined) return this.#replayed;
    const { writer, segments } = this.#writing;
    return segments.markOf(writer.durableTo);
  }

  async secure(position: number): Promise<void> {
    await this.#writing?.writer.secure(position);
  }

  async dropBefore(position: number): Promise<void> {
    this.#parts.slabs.dropBefore(position);
    await this.#writing?.segments.dropBefore(position);
  }

  onRemoved(id: number): void {
    this.#parts.archived.unhide(id);
  }

  onArchived(): void {
    this.#parts.events.onArchived();
  }

  onRoom(isTight: boolean): void {
    this.#parts.events.onRoom(isTight);
  }

  onCheckpointEnd(): void {
    this.#parts.events.onHealth();
  }
}
