/**
 * What the archive does not hold yet, by stream: a few numbers each, and nothing per append. The bytes are in
 * the slabs; a stream's data records are linked backwards there, newest first. A read walks back from the
 * newest record, or from a mark near the wanted place, and then copies forward.
 *
 * A tail stays when the archive has caught up with its stream, until the stream is dropped from memory: it is likely
 * to be needed again, and objects that come and go with every checkpoint would fill the heap.
 */
import type { AppendRecord, CreateRecord, StreamRecord } from "../../stream/records.ts";
import type { StreamState } from "../../stream/state.ts";
import { excessOf } from "../../stream/weight.ts";
import type { PendingRecord } from "../contract/index.ts";
import type { RowHeader } from "./archive/rows.ts";
import { dataLength, dataOffset, dataPosition, previousDistance } from "./codec/frame.ts";
import { dataPositionOf } from "./codec/record-codec.ts";
import { firstMarkFrom } from "./marks.ts";
import type { Slabs } from "./slabs.ts";

/** Each so many records of a stream a mark is left, which bounds the walk of a read. */
const RECORDS_PER_MARK = 64;

/** Most streams have none; never changed. */
const NO_MARKS: number[] = [];

/** The range `[start, end)` of an append. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** A stream that has changed while it was in memory. */
export class Tail {
  /** Accepted; a checkpoint writes it as it is then. */
  readonly state: StreamState;
  /** The archive does not hold the state as it is now. */
  changed = false;
  /** The header of the stream's row in the archive; null: there is no row; undefined: not known. */
  row: RowHeader | null | undefined = undefined;
  /** Position in the stream from which on the bytes are in the slabs; those before are archived. */
  hotFrom: number;
  /** Log position of the stream's newest data record; -1 when none is in the slabs. */
  newest = -1;
  /** The stream's removal is durable: it must not be read any more. */
  gone = false;
  /** The log position after the newest record that changed the state. */
  touchedTo = 0;
  /** Pairs of stream position and log position of every 64th data record, ascending. */
  marks: number[] = NO_MARKS;
  #sinceMark = 0;

  constructor(state: StreamState, hotFrom: number) {
    this.state = state;
    this.hotFrom = hotFrom;
  }

  /** Takes note of a data record with data. */
  extend(position: number, logPosition: number): void {
    this.newest = logPosition;
    if (++this.#sinceMark < RECORDS_PER_MARK) return;
    this.#sinceMark = 0;
    if (this.marks === NO_MARKS) this.marks = [];
    this.marks.push(position, logPosition);
  }

  /** Forgets the newest data record. */
  retract(previous: number, logPosition: number): void {
    this.newest = previous;
    if (this.marks.at(-1) === logPosition) this.marks.length -= 2;
  }

  /** All bytes before `position` are archived. */
  archivedTo(position: number): void {
    this.hotFrom = position;
    let stale = 0;
    while (stale < this.marks.length && this.marks[stale]! < position) stale += 2;
    if (stale > 0) this.marks.splice(0, stale);
  }

  /** The archive holds the stream as it is. Nothing of it needs to be in the slabs any more. */
  settle(): void {
    this.changed = false;
    this.newest = -1;
  }

  /**
   * A place after `from`, at most `to`, up to which there are not many records: `marks` times 64, and a few. For one byte may be
   * one record, and whoever goes over all of a range goes over its records one by one.
   */
  endWithin(from: number, to: number, marks: number): number {
    return Math.min(to, this.marks[(firstMarkFrom(this.marks, from + 1) + marks) * 2] ?? to);
  }

  /** The log position of a data record that begins at or after `position`, as near as is known; -1 when none does. */
  startOfWalk(position: number): number {
    return this.marks[firstMarkFrom(this.marks, position) * 2 + 1] ?? this.newest;
  }
}

export class Tails {
  readonly #slabs: Slabs;
  readonly #tails = new Map<number, Tail>();
  /** Those that changed since the list was last taken, and some that are gone. */
  #changed: Tail[] = [];
  #changedCount = 0;
  /** Log positions of the records of the current walk, newest first. */
  readonly #walk: number[] = [];

  constructor(slabs: Slabs) {
    this.#slabs = slabs;
  }

  /** Streams that the archive does not hold as they are now. */
  get changedCount(): number {
    return this.#changedCount;
  }

  /** What those take in memory beyond as many plain ones, bytes. */
  get changedExcess(): number {
    let bytes = 0;
    for (const tail of this.#tails.values()) if (tail.changed) bytes += excessOf(tail.state);
    return bytes;
  }

  get(id: number): Tail | undefined {
    return this.#tails.get(id);
  }

  /**
   * The tails that have changed, and some that are gone, in the order of the change. Whoever takes the list archives
   * them all; those that changed again meanwhile go into the next.
   */
  takeChanged(): readonly Tail[] {
    const taken = this.#changed;
    this.#changed = [];
    return taken;
  }

  /** A checkpoint was broken off: what it should have archived goes into the next, and rows are not known. */
  returnChanged(): void {
    this.#changed = [];
    for (const tail of this.#tails.values()) {
      if (!tail.changed) continue;
      tail.row = undefined;
      this.#changed.push(tail);
    }
  }

  /** The archive holds all records of the stream before `heldTo`. */
  archived(tail: Tail, heldTo: number): void {
    if (tail.touchedTo > heldTo) {
      this.#changed.push(tail);
      return;
    }
    tail.settle();
    this.#changedCount -= 1;
  }

  /** The distance from `logPosition` back to the newest data record of the stream, 0 when none is in the slabs. */
  distanceToNewest(id: number, logPosition: number): number {
    const newest = this.#tails.get(id)?.newest ?? -1;
    return newest < 0 ? 0 : logPosition - newest;
  }

  /** Takes note of a record that was framed at `logPosition` and ends at `logEnd`, and of the states it changed. */
  note(pending: PendingRecord, logPosition: number, logEnd: number): void {
    const { record, state, others } = pending;
    if (record.kind === "append" || record.kind === "create")
      this.noteData(record, state, logPosition, logEnd);
    else this.touch(state, logEnd);
    for (let index = 0; index < others.length; index++) this.touch(others[index]!, logEnd);
  }

  /** Takes note of a data record. */
  noteData(
    record: CreateRecord | AppendRecord,
    state: StreamState,
    logPosition: number,
    logEnd: number,
  ): void {
    const position = dataPositionOf(record);
    const tail = this.#tails.get(state.id) ?? this.#add(state, position);
    if (record.kind === "create") tail.row = null;
    this.#change(tail, logEnd);
    if (record.data.byteLength > 0) tail.extend(position, logPosition);
  }

  /** A state was changed by a record that brought no bytes for it. */
  touch(state: StreamState, logEnd: number): void {
    this.#change(this.#tails.get(state.id) ?? this.#add(state, state.tail), logEnd);
  }

  #change(tail: Tail, logEnd: number): void {
    tail.touchedTo = logEnd;
    if (tail.changed) return;
    tail.changed = true;
    this.#changed.push(tail);
    this.#changedCount += 1;
  }

  #add(state: StreamState, hotFrom: number): Tail {
    const tail = new Tail(state, hotFrom);
    this.#tails.set(state.id, tail);
    return tail;
  }

  /** The stream is gone, or its state is dropped from memory. */
  forget(id: number): void {
    const tail = this.#tails.get(id);
    if (tail === undefined) return;
    if (tail.changed) this.#changedCount -= 1;
    // A list may still hold it.
    tail.settle();
    this.#tails.delete(id);
  }

  /** Takes back a record that could not be made durable; newest first. `logPosition` is where it was framed. */
  undo(record: StreamRecord, logPosition: number): void {
    const tail = this.#tails.get(record.id);
    if (tail === undefined) return;
    if (tail.newest === logPosition) {
      const slab = this.#slabs.at(logPosition);
      const distance = previousDistance(slab, logPosition - slab.start);
      tail.retract(distance === 0 ? -1 : logPosition - distance, logPosition);
    }
    if (record.kind === "create") this.forget(record.id);
  }

  /** Copies bytes `[from, to)` of the hot range to the beginning of `target`. */
  copy(tail: Tail, from: number, to: number, target: Uint8Array): void {
    this.#walkBack(tail, from, to);
    this.#copyWalked(from, to, target);
  }

  /**
   * Copies bytes `[from, to)` of the hot range to where `allocate` says, which is told first where appends begin in
   * `(from, to)`: distances from `origin`, ascending. Both are found in one walk, since a long one is mostly of records that no
   * cache holds any more.
   */
  copyOut(
    tail: Tail,
    from: number,
    to: number,
    origin: number,
    allocate: (starts: readonly number[]) => Uint8Array,
  ): void {
    this.#walkBack(tail, from, to);
    this.#copyWalked(from, to, allocate(this.#startsWalked(from, origin)));
  }

  #copyWalked(from: number, to: number, target: Uint8Array): void {
    for (let index = this.#walk.length - 1; index >= 0; index--) {
      const logPosition = this.#walk[index]!;
      const slab = this.#slabs.at(logPosition);
      const at = logPosition - slab.start;
      const position = dataPosition(slab, at);
      const begin = Math.max(from, position);
      const end = Math.min(to, position + dataLength(slab, at));
      const source = dataOffset(slab, at) - position;
      target.set(slab.bytes.subarray(source + begin, source + end), begin - from);
    }
  }

  /** The range `[start, end)` of the append that holds the byte at `position` of the hot range. */
  extentAt(tail: Tail, position: number): Extent {
    this.#walkBack(tail, position, position + 1);
    const logPosition = this.#walk[0]!;
    const slab = this.#slabs.at(logPosition);
    const at = logPosition - slab.start;
    const start = dataPosition(slab, at);
    return { start, end: start + dataLength(slab, at) };
  }

  #startsWalked(from: number, origin: number): number[] {
    const starts: number[] = [];
    for (let index = this.#walk.length - 1; index >= 0; index--) {
      const logPosition = this.#walk[index]!;
      const slab = this.#slabs.at(logPosition);
      const position = dataPosition(slab, logPosition - slab.start);
      if (position > from) starts.push(position - origin);
    }
    return starts;
  }

  /** Finds the data records with bytes in `[from, to)`. */
  #walkBack(tail: Tail, from: number, to: number): void {
    const walk = this.#walk;
    walk.length = 0;
    let logPosition = tail.startOfWalk(to);
    for (;;) {
      if (logPosition < 0) throw new RangeError(`stream ${tail.state.id} has no bytes at ${from}`);
      const slab = this.#slabs.at(logPosition);
      const at = logPosition - slab.start;
      const position = dataPosition(slab, at);
      if (position < to) walk.push(logPosition);
      if (position <= from) return;
      const distance = previousDistance(slab, at);
      logPosition = distance === 0 ? -1 : logPosition - distance;
    }
  }
}
