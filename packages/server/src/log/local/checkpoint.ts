/**
 * Moves what is only in the log into the archive, a slice at a time, so that neither the event loop nor memory
 * notices. A slice writes some streams as they are at that moment, in one transaction, each with the log position
 * up to which its state is complete. Streams may change on; what comes later is in the log and is replayed on
 * top, and what a row holds already is not replayed on it again. When every stream that had changed before the
 * checkpoint began is written, one last transaction moves the archive's log position to where the log was then,
 * and the log before it is dropped.
 */
import type { ArchiveStore, Change } from "./archive/archive-store.ts";
import { STORE_KEY } from "./archive/keys.ts";
import { encodeStoreRow, type StoreRow } from "./archive/rows.ts";
import type { RemovedStreams } from "./removed-streams.ts";
import type { Archiving, StreamArchiver } from "./stream-archiver.ts";
import type { Tail, Tails } from "./tails.ts";

/** The most bytes that one slice brings into the archive, give or take one chunk. */
export const SLICE_BYTES = 1024 * 1024;
/** The longest time for which a slice holds up the event loop. */
const SLICE_MS = 2;
/** The clock is asked once per so many streams. */
const STREAMS_PER_LOOK = 8;

/** The log as a checkpoint needs it. */
export interface CheckpointedLog {
  /** The log position after the last accepted record. */
  readonly end: number;
  /** The term of the newest durable record. */
  readonly term: number;
  /** Resolves once all before the position is durable; rejects when it was lost. */
  secure(position: number): Promise<void>;
  /** What lies before the position is in the archive. */
  dropBefore(position: number): Promise<void>;
  /** The highest id in use. */
  readonly lastId: number;
  /** The row of a removed stream is gone from the archive. */
  onRemoved(id: number): void;
}

export interface CheckpointParts {
  readonly store: ArchiveStore;
  readonly archiver: StreamArchiver;
  readonly tails: Tails;
  readonly removed: RemovedStreams;
  /** Size of a slice. */
  readonly sliceBytes: number;
  /** Milliseconds, for measuring how long a slice takes. */
  readonly now: () => number;
}

export class Checkpoint {
  readonly #parts: CheckpointParts;
  #row: StoreRow;

  /** @param row what the archive holds */
  constructor(parts: CheckpointParts, row: StoreRow) {
    this.#parts = parts;
    this.#row = row;
  }

  /** Records before this log position are archived. */
  get logPosition(): number {
    return this.#row.logPosition;
  }

  /** Rows of streams in the archive. */
  get streams(): number {
    return this.#row.streams;
  }

  /**
   * Writes a checkpoint. Rejects with `RecordsLost` when records failed meanwhile, otherwise with the store's
   * error; what was written until then is consistent, and the next run goes on from there.
   */
  async run(log: CheckpointedLog): Promise<void> {
    const cut = log.end;
    // From here on nothing before the cut can be lost, whatever becomes of later records.
    await log.secure(cut);
    const { term } = log;
    for (const slice of new Slices(this.#parts, log).all()) {
      await log.secure(slice.heldTo);
      await this.#write(slice.changes, { lastId: log.lastId, streams: this.#row.streams + slice.rows });
      this.#settle(slice, log);
      await giveWay();
    }
    await this.#write([], { lastId: log.lastId, logPosition: cut, term });
    await log.dropBefore(cut);
    await this.#parts.removed.collect(cut, async (changes) => {
      await this.#parts.store.write(changes);
      await giveWay();
    });
  }

  /** Makes sure that the store has its name and format on disk, before anything refers to it. */
  nameStore(): Promise<void> {
    return this.#write([], {});
  }

  /** One transaction: the changes, and what they change in the archive's own row. */
  async #write(changes: readonly Change[], update: Partial<StoreRow>): Promise<void> {
    const row = { ...this.#row, ...update };
    await this.#parts.store.write([...changes, { key: STORE_KEY, value: encodeStoreRow(row) }]);
    this.#row = row;
  }

  #settle(slice: Slice, log: CheckpointedLog): void {
    const { tails, removed } = this.#parts;
    for (const { tail, to, complete, removed: isRemoved } of slice.streams) {
      tail.archivedTo(to);
      if (!complete) continue;
      if (isRemoved) {
        removed.add(tail.state.id, slice.heldTo);
        log.onRemoved(tail.state.id);
      }
      if (tail.touchedTo <= slice.heldTo) tails.forget(tail.state.id);
    }
  }
}

/** What one transaction holds. */
interface Slice {
  readonly changes: Change[];
  readonly streams: { tail: Tail; to: number; complete: boolean; removed: boolean }[];
  /** The states in it hold all records before this log position. */
  readonly heldTo: number;
  rows: number;
}

/** Cuts the changed streams into slices. */
class Slices {
  readonly #parts: CheckpointParts;
  readonly #log: CheckpointedLog;
  readonly #ids: Float64Array;
  #next = 0;
  #current: Archiving | undefined;

  constructor(parts: CheckpointParts, log: CheckpointedLog) {
    this.#parts = parts;
    this.#log = log;
    this.#ids = new Float64Array(parts.tails.size);
    let count = 0;
    for (const tail of parts.tails.all()) this.#ids[count++] = tail.state.id;
    // Neighbours in the archive go into the same transaction, which then touches few pages.
    this.#ids.sort();
  }

  /** Each slice is made when it is asked for. */
  *all(): Generator<Slice, void> {
    while (this.#advance()) {
      this.#parts.archiver.recycle();
      yield this.#slice();
    }
  }

  #slice(): Slice {
    const { archiver, now, sliceBytes } = this.#parts;
    const slice: Slice = { changes: [], streams: [], heldTo: this.#log.end, rows: 0 };
    const until = now() + SLICE_MS;
    let room = sliceBytes;
    for (let looked = 1; this.#advance(); looked++) {
      const archiving = this.#current!;
      room -= archiver.proceed(archiving, slice.heldTo, room, slice.changes);
      slice.streams.push({ ...archiving });
      if (!archiving.complete) break;
      slice.rows += archiving.rows;
      this.#current = undefined;
      if (room <= 0 || (looked % STREAMS_PER_LOOK === 0 && now() >= until)) break;
    }
    return slice;
  }

  /** Moves on to a stream that has something to be archived. */
  #advance(): boolean {
    while (this.#current === undefined && this.#next < this.#ids.length) {
      const tail = this.#parts.tails.get(this.#ids[this.#next++]!);
      if (tail !== undefined) this.#current = this.#parts.archiver.begin(tail);
    }
    return this.#current !== undefined;
  }
}

/** Lets the event loop serve others. */
function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
