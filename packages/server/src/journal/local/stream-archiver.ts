/** Turns what the archive does not hold of one stream into changes of the archive. */
import { PRODUCER_PARTS } from "../../stream/known-producers.ts";
import type { StreamState } from "../../stream/state.ts";
import { unlessDamaged } from "../contract/errors.ts";
import { DamagedData, READ_CHUNK_BYTES } from "../contract/index.ts";
import type { ArchiveStore, Change } from "./archive/archive-store.ts";
import { allocateChunk, chunkAppendStart, chunkBytes, chunkStarts } from "./archive/chunks.ts";
import { chunkKey, deadlineKey, pathKey, producersKey, removedKey, streamKey } from "./archive/keys.ts";
import { encodeProducers } from "./archive/producer-pages.ts";
import {
  decodeNumber,
  decodeRowHeader,
  encodeNumber,
  encodeState,
  headerOf,
  type RowHeader,
} from "./archive/rows.ts";
import { Arena } from "./codec/arena.ts";
import type { Extent, Tail, Tails } from "./tails.ts";

/**
 * A chunk up to this size is read, extended and written again, so that a slow stream does not leave a crumb per
 * checkpoint. With its headers it fits a page of LMDB, which rewrites whole pages anyway.
 */
const MERGED_CHUNK_BYTES = 4000;

/** A chunk holds so many times 64 appends at most, and a step goes over so many: a millisecond, however short appends are. */
const CHUNK_MARKS = 32;
const STEP_APPENDS = 8192;

/** About what the changes for a removed stream take. */
const REMOVAL_BYTES = 200;

/** One stream on its way into the archive; a long one takes several transactions. */
export interface Archiving {
  readonly tail: Tail;
  /** Bytes before this position are in the archive or among the changes. */
  to: number;
  /** Where the newest chunk begins, if there is one. */
  lastChunk: number | undefined;
  /** Whether the stream's row is among the changes, and so all of the stream as it is now. */
  complete: boolean;
  /** Whether the changes remove the stream's row. */
  removed: boolean;
  /** The header of the stream's row once the changes are written; null for none. Only when `complete`. */
  row: RowHeader | null;
  /** How the count of rows changes. */
  rows: number;
}

/** How producers are stored. */
export interface ProducerSettings {
  /** The most that a stream's row has; more get pages of their own. */
  readonly rowProducers: number;
  /** Says which page a producer is on, for streams that get their pages now; drawn at random, u32. */
  readonly producerSalt: number;
}

export class StreamArchiver {
  readonly #settings: ProducerSettings;
  readonly #store: ArchiveStore;
  readonly #tails: Tails;
  readonly #arena = new Arena();
  /** Appends that the step under way went over. */
  #appends = 0;

  constructor(store: ArchiveStore, tails: Tails, settings: ProducerSettings) {
    this.#settings = settings;
    this.#store = store;
    this.#tails = tails;
  }

  /** The changes made so far are carried out or given up: their memory is used again. */
  recycle(): void {
    this.#arena.reset();
  }

  /** Begins with a stream. */
  begin(tail: Tail): Archiving {
    const start = { to: tail.hotFrom, lastChunk: undefined, row: null };
    return { tail, ...start, complete: false, removed: false, rows: 0 };
  }

  /**
   * Adds changes for the stream, as it is now, to `changes`. If the state changes meanwhile, that does not matter.
   * The values are good until `recycle`.
   *
   * @param heldTo the log position up to which its state is complete
   * @param room bytes that may be added; more only if that is needed to get on at all
   * @returns bytes added; unless the stream is complete there may be room for more, in another step
   */
  proceed(archiving: Archiving, heldTo: number, room: number, changes: Change[]): number {
    const { state } = archiving.tail;
    const row = this.#rowOf(archiving.tail);
    if (state.life === "removed") return this.#remove(archiving, row, heldTo, changes);
    let added = 0;
    if (row !== null && row.tail === archiving.to) added = this.#extendLastChunk(archiving, row, changes);
    this.#appends = 0;
    while (archiving.to < state.tail) {
      if (added >= room || this.#appends >= STEP_APPENDS) return added;
      added += this.#addChunk(archiving, changes);
    }
    added += this.#addProducers(state, changes);
    if (row?.producers !== undefined && state.producers === undefined) removeProducers(state.id, changes);
    archiving.row = headerOf(state, heldTo, archiving.lastChunk);
    const encoded = encodeState(this.#arena, archiving.row, state);
    changes.push({ key: streamKey(state.id), value: encoded });
    this.#index(state, row, archiving.row.deadline, changes);
    archiving.complete = true;
    archiving.rows = row === null ? 1 : 0;
    return added + encoded.length;
  }

  /** Adds the changed pages of producers, when there are too many for the row. */
  #addProducers({ id, producers }: StreamState, changes: Change[]): number {
    if (producers === undefined) return 0;
    if (!producers.isDivided && producers.size > this.#settings.rowProducers)
      producers.divide(this.#settings.producerSalt);
    const changed = producers.takeChanged();
    if (!producers.isDivided) return 0;
    let added = 0;
    for (const part of changed) {
      const value = encodeProducers(this.#arena, producers.part(part));
      changes.push({ key: producersKey(id, part), value });
      added += value.length;
    }
    return added;
  }

  /** What the archive holds of the stream; read from there at most once while the stream is in memory. */
  #rowOf(tail: Tail): RowHeader | null {
    if (tail.row === undefined) tail.row = this.#storedRow(tail);
    return tail.row;
  }

  /** A row that is damaged is written anew from the state in memory. */
  #storedRow({ state, hotFrom }: Tail): RowHeader | null {
    try {
      const row = this.#store.get(streamKey(state.id));
      return row === undefined ? null : decodeRowHeader(row);
    } catch (error) {
      if (!(error instanceof DamagedData)) throw error;
      return {
        heldTo: 0,
        tail: hotFrom,
        ...{ lastChunk: undefined, deadline: undefined, producers: undefined },
      };
    }
  }

  /** Puts few new bytes into the last chunk if that is still short. */
  #extendLastChunk(archiving: Archiving, row: RowHeader, changes: Change[]): number {
    const { tail, to } = archiving;
    const { lastChunk } = row;
    archiving.lastChunk = lastChunk;
    if (lastChunk === undefined || to === tail.state.tail) return 0;
    const length = tail.state.tail - lastChunk;
    if (length > MERGED_CHUNK_BYTES) return 0;
    const key = chunkKey(tail.state.id, lastChunk);
    const old = unlessDamaged(() => this.#store.get(key));
    if (old === undefined || chunkAppendStart(old) !== lastChunk) return 0;
    const starts = [...chunkStarts(old)].filter((start) => lastChunk + start < to);
    starts.push(to - lastChunk);
    let added = 0;
    this.#tails.copyOut(tail, to, tail.state.tail, lastChunk, (newStarts) => {
      const value = allocateChunk(this.#arena, lastChunk, [...starts, ...newStarts], length);
      const bytes = chunkBytes(value);
      bytes.set(chunkBytes(old).subarray(0, to - lastChunk));
      changes.push({ key, value });
      added = value.length;
      return bytes.subarray(to - lastChunk);
    });
    archiving.to = tail.state.tail;
    return added;
  }

  /** Adds one chunk from `archiving.to` on. */
  #addChunk(archiving: Archiving, changes: Change[]): number {
    const { tail, to: from } = archiving;
    const first = this.#tails.extentAt(tail, from);
    const to = this.#chunkEnd(tail, from, first);
    let added = 0;
    this.#tails.copyOut(tail, from, to, from, (starts) => {
      this.#appends += starts.length;
      const value = allocateChunk(this.#arena, first.start, starts, to - from);
      changes.push({ key: chunkKey(tail.state.id, from), value });
      added = value.length;
      return chunkBytes(value);
    });
    archiving.lastChunk = from;
    archiving.to = to;
    return added;
  }

  /** Chunks end where an append ends, unless one append is longer than a chunk. @param first the one at `from` */
  #chunkEnd(tail: Tail, from: number, first: Extent): number {
    const limit = tail.endWithin(from, from + READ_CHUNK_BYTES, CHUNK_MARKS);
    if (first.start < from || first.end > limit) return Math.min(limit, first.end);
    return limit >= tail.state.tail ? tail.state.tail : this.#tails.extentAt(tail, limit).start;
  }

  /** Keeps the ways to the row up to date: by path, and by deadline. */
  #index(state: StreamState, row: RowHeader | null, deadline: number | undefined, changes: Change[]): void {
    if (row === null) changes.push({ key: pathKey(state.path), value: encodeNumber(this.#arena, state.id) });
    if (deadline === row?.deadline) return;
    if (row?.deadline !== undefined)
      changes.push({ key: deadlineKey(row.deadline, state.id), value: undefined });
    if (deadline !== undefined)
      changes.push({ key: deadlineKey(deadline, state.id), value: new Uint8Array(0) });
  }

  /** Removes row and index entries and leaves a note, which outlives the chunks and the records of the stream. */
  #remove(archiving: Archiving, row: RowHeader | null, heldTo: number, changes: Change[]): number {
    const { id, path } = archiving.tail.state;
    const key = pathKey(path);
    const newest = unlessDamaged(() => this.#store.get(key));
    if (newest !== undefined && decodeNumber(newest) === id) changes.push({ key, value: undefined });
    if (row?.deadline !== undefined) changes.push({ key: deadlineKey(row.deadline, id), value: undefined });
    if (row !== null) changes.push({ key: streamKey(id), value: undefined });
    changes.push({ key: removedKey(id), value: encodeNumber(this.#arena, heldTo) });
    archiving.complete = true;
    archiving.removed = true;
    archiving.rows = row === null ? 0 : -1;
    return REMOVAL_BYTES;
  }
}

/** Of a stream that was deleted while forks need its bytes, nobody asks who appended to it. */
function removeProducers(id: number, changes: Change[]): void {
  for (let part = 0; part < PRODUCER_PARTS; part++)
    changes.push({ key: producersKey(id, part), value: undefined });
}
