/** Cuts what changed into transactions, and the work on each of them into steps. */
import type { Change } from "./archive/archive-store.ts";
import { RUN_LENGTH, SortedRuns } from "./sorted-runs.ts";
import type { Archiving, StreamArchiver } from "./stream-archiver.ts";
import type { Tail, Tails } from "./tails.ts";

/** The most bytes that one transaction brings into the archive, give or take one chunk. */
export const SLICE_BYTES = 1024 * 1024;
/** The most streams in one transaction, which takes a few microseconds each to hand over. */
const SLICE_STREAMS = 512;
/** The longest time for which a step holds up the event loop. */
const STEP_MS = 1;
/** What a stream counts for in the measure of progress, beside its bytes. */
const STREAM_WORK = 500;

/** A stream in a slice, or a part of it, as it was when it was added. */
export interface Archived extends Archiving {
  /** It holds all records of the stream before this log position. */
  readonly heldTo: number;
}

/** What one transaction holds. */
export interface Slice {
  readonly changes: Change[];
  readonly streams: Archived[];
  /** How the count of rows changes. */
  rows: number;
  /** Bytes that may still be added. */
  room: number;
}

export interface SlicesParts {
  readonly archiver: StreamArchiver;
  readonly tails: Tails;
  /** Size of a slice. */
  readonly sliceBytes: number;
  /** Milliseconds, for measuring how long a step takes. */
  readonly now: () => number;
}

export class Slices {
  readonly #parts: SlicesParts;
  readonly #changed: readonly Tail[];
  /** They give room back, and so come first: the rest may need it. */
  readonly #removed = new SortedRuns();
  /** Neighbours in the archive go into the same transaction, which then touches few pages. */
  readonly #ids = new SortedRuns();
  readonly #work: number;
  #gathered = 0;
  #done = 0;
  #current: Archiving | undefined;

  /** @param logBytes what the log holds of them, for the measure of progress */
  constructor(parts: SlicesParts, logBytes: number) {
    this.#parts = parts;
    this.#changed = parts.tails.takeChanged();
    this.#work = logBytes + this.#changed.length * STREAM_WORK;
  }

  /** The share of the work that is in slices, [0, 1]; an estimate. */
  get progress(): number {
    return this.#work === 0 ? 1 : Math.min(1, this.#done / this.#work);
  }

  /** One step of putting the streams in order; false when all are. */
  sortSome(): boolean {
    const run = this.#changed.slice(this.#gathered, this.#gathered + RUN_LENGTH);
    if (run.length === 0) return false;
    this.#gathered += run.length;
    const isRemoved = ({ state }: Tail) => state.life === "removed";
    this.#removed.add(idsOf(run.filter(isRemoved)));
    this.#ids.add(idsOf(run.filter((tail) => !isRemoved(tail))));
    return true;
  }

  /** Begins a slice; undefined when nothing is left. The one before must be written. */
  begin(): Slice | undefined {
    if (!this.#advance()) return undefined;
    this.#parts.archiver.recycle();
    return { changes: [], streams: [], rows: 0, room: this.#parts.sliceBytes };
  }

  /** Adds streams as they are now. False when the slice is full, or nothing is left. */
  fill(slice: Slice, heldTo: number): boolean {
    const { archiver, now } = this.#parts;
    const until = now() + STEP_MS;
    while (this.#advance()) {
      const archiving = this.#current!;
      const from = archiving.to;
      slice.room -= archiver.proceed(archiving, heldTo, slice.room, slice.changes);
      slice.streams.push({ ...archiving, heldTo });
      this.#done += archiving.to - from;
      if (!archiving.complete) return slice.room > 0;
      this.#done += STREAM_WORK;
      slice.rows += archiving.rows;
      this.#current = undefined;
      if (slice.room <= 0 || slice.streams.length >= SLICE_STREAMS) return false;
      if (now() >= until) return true;
    }
    return false;
  }

  /** Moves on to a stream that has something to be archived. */
  #advance(): boolean {
    const { tails, archiver } = this.#parts;
    while (this.#current === undefined) {
      const id = this.#removed.next() ?? this.#ids.next();
      if (id === undefined) return false;
      const tail = tails.get(id);
      if (tail?.changed) this.#current = archiver.begin(tail);
    }
    return true;
  }
}

function idsOf(tails: readonly Tail[]): Float64Array {
  return Float64Array.from(tails, ({ state }) => state.id);
}
