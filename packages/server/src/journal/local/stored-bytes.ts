/** Bytes of streams, wherever they lie: in the slabs what is not archived yet, in the archive the rest. */
import { DamagedData, READ_CHUNK_BYTES, StreamRemoved } from "../contract/index.ts";
import type { ArchiveStore } from "./archive/archive-store.ts";
import { archivedBoundary, readArchived } from "./archive/chunks.ts";
import { streamKey } from "./archive/keys.ts";
import { DamagedPlaces } from "./damaged-places.ts";
import type { RemovedStreams } from "./removed-streams.ts";
import type { Tails } from "./tails.ts";

/** One read of what is hot goes over so many times 64 records at most: some thirty microseconds. */
const READ_MARKS = 4;

export class StoredBytes {
  readonly #store: ArchiveStore;
  readonly #tails: Tails;
  readonly #removed: RemovedStreams;
  readonly #damaged = new DamagedPlaces();

  constructor(store: ArchiveStore, tails: Tails, removed: RemovedStreams) {
    this.#store = store;
    this.#tails = tails;
    this.#removed = removed;
  }

  /** As `Log.read`. */
  read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    const tail = this.#tails.get(id);
    if (tail?.gone || this.#removed.has(id)) throw new StreamRemoved(id);
    if (tail !== undefined && from >= tail.hotFrom) {
      const end = tail.endWithin(from, Math.min(to, from + READ_CHUNK_BYTES), READ_MARKS);
      const length = end - from;
      const bytes = memory?.subarray(0, length) ?? Buffer.allocUnsafe(length);
      this.#tails.copy(tail, from, from + bytes.length, bytes);
      return bytes;
    }
    try {
      const bytes = readArchived(this.#store, id, from, Math.min(to, tail?.hotFrom ?? to), memory);
      if (bytes === undefined) throw this.#missing(id, from);
      return bytes;
    } catch (error) {
      if (error instanceof DamagedData) this.#damaged.add(id, from);
      throw error;
    }
  }

  /** As `Log.damageFrom`. */
  damageFrom(id: number, position: number): number | undefined {
    return this.#damaged.from(id, position);
  }

  /** The bytes of a removed stream go without notice; those of one that is there must be there, too. */
  #missing(id: number, from: number): Error {
    if (this.#store.get(streamKey(id)) === undefined) return new StreamRemoved(id);
    return new DamagedData(`the bytes of stream ${id} from position ${from} on are missing in the archive`);
  }

  /** As `Log.boundaryBefore`. */
  boundaryBefore(id: number, position: number): number {
    const tail = this.#tails.get(id);
    if (tail === undefined || position < tail.hotFrom) {
      return archivedBoundary(this.#store, id, position) ?? position;
    }
    return position >= tail.state.tail ? position : this.#tails.extentAt(tail, position).start;
  }
}
