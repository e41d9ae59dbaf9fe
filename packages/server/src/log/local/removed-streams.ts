/**
 * Streams that are gone and have left something in the archive: chunks, which are removed a few at a time, and
 * the note that they are gone, which must outlive the records that mention them.
 */
import type { ArchiveStore, Change } from "./archive/archive-store.ts";
import { chunkKey, numberOfKey, REMOVED_RANGE, removedKey } from "./archive/keys.ts";
import { decodeNumber } from "./archive/rows.ts";

/** Keys removed in one transaction. */
const KEYS_PER_STEP = 256;

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
      const entries = store.entries(from, end, 1000);
      for (const { key, value } of entries) this.add(numberOfKey(key, 0), decodeNumber(value));
      const last = entries.at(-1);
      if (last === undefined) break;
      from = Buffer.concat([last.key, Uint8Array.of(0)]);
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
   * @param write carries out one transaction
   */
  async collect(logPosition: number, write: (changes: Change[]) => Promise<void>): Promise<void> {
    await this.#removeChunks(write);
    const changes: Change[] = [];
    const gone: number[] = [];
    for (const [id, heldTo] of this.#heldTo) {
      if (heldTo > logPosition || this.#withChunks.has(id)) continue;
      changes.push({ key: removedKey(id), value: undefined });
      gone.push(id);
      if (changes.length >= KEYS_PER_STEP) await write(changes.splice(0));
    }
    if (changes.length > 0) await write(changes);
    for (const id of gone) this.#heldTo.delete(id);
  }

  async #removeChunks(write: (changes: Change[]) => Promise<void>): Promise<void> {
    let changes: Change[] = [];
    let emptied: number[] = [];
    const flush = async () => {
      if (changes.length > 0) await write(changes);
      for (const id of emptied) this.#withChunks.delete(id);
      changes = [];
      emptied = [];
    };
    for (const id of this.#withChunks) {
      let from = chunkKey(id, 0);
      for (;;) {
        const keys = this.#store.keys(from, chunkKey(id + 1, 0), KEYS_PER_STEP);
        for (const key of keys) changes.push({ key, value: undefined });
        if (keys.length < KEYS_PER_STEP) break;
        from = Buffer.concat([keys.at(-1)!, Uint8Array.of(0)]);
        await flush();
      }
      emptied.push(id);
      if (changes.length >= KEYS_PER_STEP || emptied.length >= KEYS_PER_STEP) await flush();
    }
    await flush();
  }
}
