/**
 * Moves what is only in the log into the archive, a slice at a time, so that neither the event loop nor memory
 * notices. A slice writes some streams as they are at the moment, in one transaction, each with the log position
 * up to which its state is complete. Streams may change on; what comes later is in the log and is replayed on
 * top, and what a row holds already is not replayed on it again. When every stream that had changed before the
 * checkpoint began is written, one last transaction moves the archive's log position to where the log was then,
 * and the log before it is dropped.
 */
import type { ArchiveHead } from "./archive/archive-head.ts";
import type { ArchiveStore, Change } from "./archive/archive-store.ts";
import { type Archived, type Slice, Slices, type SlicesParts } from "./checkpoint-slices.ts";
import type { MarkKeeper } from "./mark-keeper.ts";
import type { RemovedStreams } from "./removed-streams.ts";
import type { Reserve } from "./reserve.ts";

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
  /** More streams are archived. */
  onArchived(): void;
}

export interface CheckpointParts extends SlicesParts {
  readonly store: ArchiveStore;
  readonly head: ArchiveHead;
  readonly removed: RemovedStreams;
  readonly mark: Pick<MarkKeeper, "secure">;
  readonly reserve: Pick<Reserve, "hasRoomFor">;
}

/** Pages of the tree that a stream's entries touch, about. */
const STREAM_PAGES_BYTES = 4 * 4096;

export class Checkpoint {
  readonly #parts: CheckpointParts;
  #isUnderWay = false;
  #slices: Slices | undefined;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  /** Records before this log position are archived. */
  get logPosition(): number {
    return this.#parts.head.row.logPosition;
  }

  /** The share of the streams that is archived in the checkpoint under way, [0, 1]; an estimate; undefined when there is none. */
  get progress(): number | undefined {
    return this.#isUnderWay ? (this.#slices?.progress ?? 1) : undefined;
  }

  /**
   * Writes a checkpoint. Rejects with `RecordsLost` when records failed meanwhile, otherwise with the store's
   * error; what was written until then is consistent, and the next run goes on from there.
   */
  async run(log: CheckpointedLog): Promise<void> {
    this.#isUnderWay = true;
    try {
      await this.#run(log);
    } finally {
      this.#isUnderWay = false;
    }
  }

  async #run(log: CheckpointedLog): Promise<void> {
    const { head } = this.#parts;
    const cut = log.end;
    try {
      // From here on nothing before the cut can be lost, whatever becomes of later records.
      await log.secure(cut);
      const { term } = log;
      this.#slices = new Slices(this.#parts, cut - this.logPosition);
      await this.#archive(this.#slices, log);
      await this.#parts.mark.secure(cut);
      await head.write([], { lastId: log.lastId, logPosition: cut, term });
    } catch (error) {
      this.#parts.tails.returnChanged();
      await this.#collect(this.logPosition);
      throw error;
    } finally {
      this.#slices = undefined;
    }
    await log.dropBefore(cut);
    await this.#collect(cut);
  }

  /** Gives back what removed streams have left. */
  async #collect(logPosition: number): Promise<void> {
    const write = async (changes: readonly Change[]) => {
      await this.#parts.store.write(changes);
      await giveWay();
    };
    await this.#parts.removed.collect(logPosition, write, giveWay);
  }

  async #archive(slices: Slices, log: CheckpointedLog): Promise<void> {
    const { head } = this.#parts;
    while (slices.sortSome()) await giveWay();
    for (let slice = slices.begin(); slice !== undefined; slice = slices.begin()) {
      for (let more = true; more; ) {
        const { end } = log;
        more = slices.fill(slice, end);
        // Waits at once, so that no record in the slice can be lost unnoticed and another one take its place.
        await log.secure(end);
        await giveWay();
      }
      if (!slice.streams.every(({ removed }) => removed) && !this.#hasRoomFor(slice)) throw noRoom();
      const streams = head.row.streams + slice.rows;
      await head.write(slice.changes, { lastId: log.lastId, streams });
      for (const archived of slice.streams) this.#settle(archived, log);
      await giveWay();
      log.onArchived();
    }
  }

  /** Besides its bytes a slice writes pages of the tree anew: some for each stream, and never more than its size calls for. */
  #hasRoomFor({ streams, room }: Slice): boolean {
    const { sliceBytes, reserve } = this.#parts;
    const bytes = sliceBytes - room + streams.length * STREAM_PAGES_BYTES;
    return reserve.hasRoomFor(3 * Math.min(bytes, sliceBytes));
  }

  #settle({ tail, to, complete, removed: isRemoved, row, heldTo }: Archived, log: CheckpointedLog): void {
    const { tails, removed } = this.#parts;
    tail.archivedTo(to);
    if (!complete) return;
    tail.row = row;
    tails.archived(tail, heldTo);
    if (!isRemoved) {
      tail.state.producers?.areStored();
      return;
    }
    removed.add(tail.state.id, heldTo);
    log.onRemoved(tail.state.id);
    tails.forget(tail.state.id);
  }
}

/** Lets the event loop serve others. */
function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What is left of the disk is kept for what gives room back. */
function noRoom(): Error {
  return Object.assign(new Error("no space left on device, but for removals"), { code: "ENOSPC" });
}
