/**
 * Streams that are gone and have left something in the archive: chunks, which are removed a few at a time, and
 * the note that they are gone, which must outlive the records that mention them.
 */

import { unlessDamaged } from "../contract/errors.ts";
import type { ArchiveStore, Change } from "./archive/archive-store.ts";
import { chunkKey, numberOfKey, producersKey, REMOVED_RANGE, removedKey, successor } from "./archive/keys.ts";
import { decodeNumber } from "./archive/rows.ts";

/** Keys removed in one transaction. */
const KEYS_PER_STEP = 256;
/** Notes looked at before others get their turn. */
const NOTES_PER_STEP = 4096;
/** Searches for chunks, of some twenty microseconds each, before others get their turn. */
const SEARCHES_PER_STEP = 32;

export class RemovedStreams {
  readonly #store: ArchiveStore;
  /** By id: the log position before which the records of the stream lie. */
  readonly #heldTo = new Map<number, number>();
  /** Those of them whose chunks may still be there. */
  readonly #withChunks = new Set<number>();

  constructor(store: ArchiveStore) {
    this.#store = store;
    let [from, end] = REMOVED_RANGE;
    for (;;) {
      const keys = store.keys(from, end, 1000);
      for (const key of keys) this.add(numberOfKey(key, 0), heldToOf(store, key));
      const last = keys.at(-1);
      if (last === undefined) break;
      from = successor(last);
    }
  }

  /** The archive holds the note that the stream is gone. */
  add(id: number, heldTo: number): void {
    this.#heldTo.set(id, heldTo);
    this.#withChunks.add(id);
  }

  has(id: number): boolean {
    return this.#heldTo.has(id);
  }

  /** All records of a removed stream lie before this log position; undefined when it is not known as removed. */
  heldTo(id: number): number | undefined {
    return this.#heldTo.get(id);
  }

  /**
   * Gives back space, in small transactions.
   *
   * @param logPosition the archive's: records before it are not replayed, so notes up to it are not needed
   * @param write carries out one transaction, and then gives way
   * @param giveWay lets the event loop serve others
   */
  async collect(
    logPosition: number,
    write: (changes: readonly Change[]) => Promise<void>,
    giveWay: () => Promise<void>,
  ): Promise<void> {
    await this.#removeChunks(write, giveWay);
    const changes: Change[] = [];
    const gone: number[] = [];
    let looked = 0;
    for (const [id, heldTo] of this.#heldTo) {
      if (++looked % NOTES_PER_STEP === 0) await giveWay();
      if (heldTo > logPosition) continue;
      changes.push({ key: removedKey(id), value: undefined });
      gone.push(id);
      if (changes.length >= KEYS_PER_STEP) await write(changes.splice(0));
    }
    if (changes.length > 0) await write(changes);
    for (const id of gone) this.#heldTo.delete(id);
  }

  async #removeChunks(
    write: (changes: readonly Change[]) => Promise<void>,
    giveWay: () => Promise<void>,
  ): Promise<void> {
    const changes: Change[] = [];
    let searches = 0;
    for (const run of neighbours(this.#withChunks)) {
      for (const keys of this.#keysOf(run)) {
        for (const key of keys) changes.push({ key, value: undefined });
        if (changes.length >= KEYS_PER_STEP) await write(changes.splice(0));
        if (++searches % SEARCHES_PER_STEP === 0) await giveWay();
      }
    }
    if (changes.length > 0) await write(changes);
    this.#withChunks.clear();
  }

  /** The keys of all chunks of these streams, and of what they remember of producers, in pages. */
  *#keysOf({ first, last }: Neighbours): Generator<readonly Uint8Array[]> {
    yield* this.#keysOfKind(chunkKey, first, last);
    yield* this.#keysOfKind(producersKey, first, last);
  }

  *#keysOfKind(keyOf: typeof chunkKey, first: number, last: number): Generator<readonly Uint8Array[]> {
    const end = keyOf(last + 1, 0);
    let from = keyOf(first, 0);
    for (;;) {
      const keys = this.#store.keys(from, end, KEYS_PER_STEP);
      yield keys;
      if (keys.length < KEYS_PER_STEP) return;
      from = successor(keys.at(-1)!);
    }
  }
}

/** A note that is damaged still says that the stream is gone. */
function heldToOf(store: ArchiveStore, key: Uint8Array): number {
  const value = unlessDamaged(() => store.get(key));
  return value === undefined ? Number.POSITIVE_INFINITY : decodeNumber(value);
}

/** Streams with ids from `first` to `last`, without a gap. One search finds the chunks of all of them. */
interface Neighbours {
  readonly first: number;
  readonly last: number;
}

/** The longest runs of neighbours among ids, in their order. */
function* neighbours(ids: Iterable<number>): Generator<Neighbours> {
  let run: Neighbours | undefined;
  for (const id of ids) {
    if (run !== undefined && id === run.last + 1) {
      run = { first: run.first, last: id };
      continue;
    }
    if (run !== undefined) yield run;
    run = { first: id, last: id };
  }
  if (run !== undefined) yield run;
}
