/**
 * Frames records and makes them durable in batches: while one write is under way the next batch gathers, so
 * that all streams share the cost of the disk's barrier. There is never more than one write in flight.
 *
 * A failed write is never repeated. Everything accepted fails, in order, and the log's end returns to where that
 * write began. With a full disk the log then asks from time to time for the smallest thing that helps: to
 * make the first frame of a new term durable at that place. From then on nothing that the failed write left
 * behind can count (`codec/frame.ts`), and records are accepted again.
 */
import type { LogFailure, LogHealth, LogListener, PendingRecord } from "../contract/index.ts";
import { allocateBlock } from "./codec/bytes.ts";
import { FRAME_HEADER_BYTES, FRAME_KIND, type FramePlace, frameLength, sealFrame } from "./codec/frame.ts";
import { frameRoom, RecordEncoder } from "./codec/record-codec.ts";
import { failureOf } from "./failure.ts";
import { isLong } from "./long-writes.ts";
import type { Segments } from "./segments.ts";
import type { Slabs } from "./slabs.ts";
import type { Tails } from "./tails.ts";
import { Waiters } from "./waiters.ts";
import type { Ahead, AheadWriter } from "./write-ahead.ts";

/** How often a full disk is asked whether there is room again. */
const PROBE_INTERVAL_MS = 1000;

/** A batch that still grows after so many turns of the event loop is written nevertheless. */
const GATHERING_TURNS_MAX = 20;

/** The same in milliseconds: how long a turn is, others choose. */
const GATHERING_MS_MAX = 5;

/** What the writer tells the log, besides what it tells the listener. */
export interface WriterEvents extends Omit<LogListener, "onArchived"> {
  /** A record is being taken back; newest first. */
  onUndo(pending: PendingRecord, logPosition: number): void;
  /** `health` may have changed. */
  onHealth(): void;
}

export interface WriterParts {
  readonly slabs: Slabs;
  readonly tails: Tails;
  readonly segments: Segments;
  readonly ahead: Pick<AheadWriter, "written" | "take" | "drop">;
  /** Whether a write of `segments` is durable when it resolves. */
  readonly flushing: boolean;
  /** Records with more bytes of data are long. */
  readonly shortBytes: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Runs a function after some milliseconds. */
  readonly after: (ms: number, run: () => void) => void;
}

/** Records that are written together. */
interface Batch {
  readonly records: PendingRecord[];
  /** The log position after them. */
  readonly to: number;
  /** If it is one record that was written ahead. */
  readonly ahead: Ahead | undefined;
}

export class LogWriter {
  readonly #parts: WriterParts;
  readonly #events: WriterEvents;
  readonly #encoder = new RecordEncoder(allocateBlock(0));
  /** Reused for every frame. */
  readonly #place: { -readonly [Key in keyof FramePlace]: FramePlace[Key] };
  #gathering: PendingRecord[] = [];
  /** To be written before the batch that gathers: since a record among them was written ahead, none can be part of it. */
  #sealed: Batch[] = [];
  #inFlight: PendingRecord[] = [];
  /** The arrays of settled batches, empty again. */
  readonly #spare: PendingRecord[][] = [];
  #scheduled = false;
  /** For how many turns of the event loop the batch has gathered behind the last write. */
  #turn = 0;
  /** Since when. */
  #gatheringSince = 0;
  /** Records that were gathered when the turn began. */
  #seen = 0;
  #writing = false;
  /** Where the batch that is gathering begins; all before it is written, or will be before it. */
  #gatheredFrom: number;
  /** All before this is written: durable, if the log is flushing. */
  #writtenTo: number;
  /** All before this is durable. */
  #durableTo: number;
  readonly #waiters = new Waiters();
  #health: LogHealth = "ok";
  #closed = false;
  readonly #nextTurn = (): void => this.#gatherOrWrite();

  /** @param term the highest term in the log */
  constructor(parts: WriterParts, events: WriterEvents, term: number) {
    const { end } = parts.slabs;
    this.#parts = parts;
    this.#events = events;
    this.#place = { position: end, term, barrier: end };
    this.#gatheredFrom = end;
    this.#writtenTo = end;
    this.#durableTo = end;
  }

  get health(): LogHealth {
    return this.#health;
  }

  /** The current term. */
  get term(): number {
    return this.#place.term;
  }

  /** All before this log position is written. */
  get writtenTo(): number {
    return this.#writtenTo;
  }

  /** All before this log position is durable. */
  get durableTo(): number {
    return this.#durableTo;
  }

  /** Begins a new term; must be done before anything is appended. Resolves whatever becomes of it: see `health`. */
  async startTerm(): Promise<void> {
    const { slabs, segments } = this.#parts;
    const position = slabs.end;
    const place = { position, term: this.#place.term + 1, barrier: this.#durableTo };
    const slab = slabs.reserve(FRAME_HEADER_BYTES);
    sealFrame(slab, slab.used, FRAME_HEADER_BYTES, FRAME_KIND.termStart, 0, place);
    slabs.extend(slab, FRAME_HEADER_BYTES);
    try {
      await segments.write(slabs.range(position, slabs.end), position);
      await segments.flush();
      this.#place.term = place.term;
      this.#gatheredFrom = this.#writtenTo = this.#durableTo = slabs.end;
      this.#setHealth("ok");
      this.#waiters.wake(slabs.end);
    } catch (error) {
      const failure = failureOf(error);
      slabs.truncate(position);
      this.#setHealth(failure.kind === "full" ? "full" : "read-only");
      this.#waiters.reject(failure);
    }
    if (this.#health === "full") this.#parts.after(PROBE_INTERVAL_MS, () => this.#probe());
  }

  #probe(): void {
    if (this.#health === "full" && !this.#closed) void this.startTerm();
  }

  #setHealth(health: LogHealth): void {
    this.#health = health;
    this.#events.onHealth();
  }

  /** Frames the record, whose bytes are copied, unless they were written ahead. The log must be `ok`. */
  append(pending: PendingRecord): void {
    const { slabs, tails } = this.#parts;
    const { record } = pending;
    const position = slabs.end;
    const ahead = this.#parts.ahead.written === undefined ? undefined : this.#parts.ahead.take(record);
    if (ahead !== undefined) this.#seal(position, undefined);
    const slab = ahead === undefined ? slabs.reserve(frameRoom(record)) : slabs.adopt(ahead.block);
    const place = this.#place;
    place.position = position;
    place.barrier = this.#parts.flushing ? this.#gatheredFrom : this.#durableTo;
    const previous = tails.distanceToNewest(record.id, position);
    const length = this.#encoder.encode(slab, slab.used, record, previous, place, ahead);
    slabs.extend(slab, length, isLong(record, this.#parts.shortBytes));
    tails.note(pending, position, slabs.end);
    this.#gathering.push(pending);
    if (ahead !== undefined) this.#seal(slabs.end, ahead);
    // Whatever else this turn of the event loop brings is part of the batch.
    if (!this.#writing && !this.#scheduled) this.#schedule(GATHERING_TURNS_MAX);
  }

  /** What has gathered is a batch of its own. */
  #seal(to: number, ahead: Ahead | undefined): void {
    if (this.#gathering.length === 0) return;
    this.#sealed.push({ records: this.#gathering, to, ahead });
    this.#gathering = this.#spare.pop() ?? [];
    this.#gatheredFrom = to;
  }

  #schedule(turn: number): void {
    this.#scheduled = true;
    this.#turn = turn;
    this.#seen = this.#gathering.length;
    setImmediate(this.#nextTurn);
  }

  /**
   * Behind a write, the batch gathers until a turn of the event loop brings nothing more. Those just answered append
   * again at once, as a rule, and one write for all costs half of two for half of them each.
   */
  #gatherOrWrite(): void {
    const stillComing = this.#gathering.length > this.#seen || this.#turn === 0;
    if (stillComing && this.#mayGather()) this.#schedule(this.#turn + 1);
    else this.#startWrite();
  }

  #mayGather(): boolean {
    if (this.#turn >= GATHERING_TURNS_MAX) return false;
    return this.#parts.now() - this.#gatheringSince < GATHERING_MS_MAX;
  }

  #startWrite(): void {
    this.#scheduled = false;
    if (this.#writing || (this.#sealed.length === 0 && this.#gathering.length === 0)) return;
    if (this.#sealed.length === 0) this.#seal(this.#parts.slabs.end, undefined);
    const { records, to, ahead } = this.#sealed.shift()!;
    const from = this.#writtenTo;
    this.#writing = true;
    this.#inFlight = records;
    this.#write(from, to, ahead).then(
      () => this.#written(to),
      (error: unknown) => this.#lost(from, failureOf(error)),
    );
  }

  #write(from: number, to: number, ahead: Ahead | undefined): Promise<void> {
    const { slabs, segments } = this.#parts;
    if (ahead === undefined) return segments.write(slabs.range(from, to), from);
    segments.goOnAhead(ahead.segment, from, to - from);
    return segments.write([ahead.block.bytes.subarray(0, ahead.dataAt)], from);
  }

  #written(to: number): void {
    const batch = this.#inFlight;
    this.#writing = false;
    this.#writtenTo = to;
    if (this.#parts.flushing) this.#durableTo = to;
    this.#events.onDurable(batch);
    if (this.#sealed.length > 0) this.#startWrite();
    else if (this.#gathering.length > 0 && !this.#scheduled) {
      this.#gatheringSince = this.#parts.now();
      this.#schedule(0);
    }
    batch.length = 0;
    this.#spare.push(batch);
    this.#waiters.wake(to);
  }

  /** @param from where the failed write began */
  #lost(from: number, failure: LogFailure): void {
    const { slabs } = this.#parts;
    const lost = [...this.#inFlight, ...this.#sealed.flatMap(({ records }) => records), ...this.#gathering];
    if (this.#sealed.some(({ ahead }) => ahead !== undefined)) this.#parts.ahead.drop();
    this.#undo(lost, from);
    slabs.truncate(from);
    this.#writing = false;
    this.#gatheredFrom = from;
    this.#inFlight = [];
    this.#sealed = [];
    this.#gathering = [];
    this.#setHealth(failure.kind === "full" ? "full" : "read-only");
    this.#events.onFailed(lost, failure);
    this.#waiters.reject(failure);
    if (failure.kind === "full") this.#parts.after(PROBE_INTERVAL_MS, () => this.#probe());
  }

  #undo(lost: readonly PendingRecord[], from: number): void {
    const { slabs, tails } = this.#parts;
    const positions: number[] = [];
    for (let position = from; position < slabs.end; ) {
      positions.push(position);
      const slab = slabs.at(position);
      position += frameLength(slab, position - slab.start);
    }
    for (let index = lost.length - 1; index >= 0; index--) {
      const pending = lost[index]!;
      tails.undo(pending.record, positions[index]!);
      this.#events.onUndo(pending, positions[index]!);
    }
  }

  /** Resolves once all before the log position is durable. Rejects with `RecordsLost` when that was lost. */
  async secure(position: number): Promise<void> {
    if (this.#writtenTo < position) await this.#waiters.until(position);
    if (this.#durableTo >= position) return;
    const written = this.#writtenTo;
    try {
      await this.#parts.segments.flush();
    } catch (error) {
      this.#setHealth("read-only");
      throw error;
    }
    this.#durableTo = Math.max(this.#durableTo, written);
  }

  /** Ends the log as it is. What was accepted must have settled. */
  close(): void {
    this.#closed = true;
  }
}
