/**
 * The archive's store on LMDB: a memory-mapped B-tree that reads without copying and, with one writer, commits
 * atomically. lmdb-js carries out commits on a thread of its own.
 */
import { open, type RootDatabase } from "lmdb";
import type { ArchiveStore, Change, Entry } from "./archive-store.ts";

export class LmdbStore implements ArchiveStore {
  readonly #database: RootDatabase<Buffer, Buffer>;

  /** @param file path of the data file; LMDB keeps its lock table beside it, under the same name with `-lock` */
  constructor(file: string) {
    this.#database = open({
      path: file,
      noSubdir: true,
      keyEncoding: "binary",
      encoding: "binary",
      // A commit is on disk when its promise resolves: the segments it makes superfluous are dropped then.
      overlappingSync: false,
    });
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#database.getBinaryFast(key as Buffer);
  }

  last(from: Uint8Array, to: Uint8Array): Entry | undefined {
    // In reverse, `start` is included and `end` is not; a key that ends earlier sorts before its extensions.
    const end = Buffer.from(from.subarray(0, from.length - 1));
    for (const entry of this.#database.getRange({ start: to as Buffer, end, reverse: true, limit: 1 })) {
      return entry;
    }
    return undefined;
  }

  entries(from: Uint8Array, to: Uint8Array, limit: number): Entry[] {
    return [...this.#database.getRange({ start: from as Buffer, end: to as Buffer, limit })];
  }

  keys(from: Uint8Array, to: Uint8Array, limit: number): Uint8Array[] {
    return [...this.#database.getKeys({ start: from as Buffer, end: to as Buffer, limit })];
  }

  async write(changes: readonly Change[]): Promise<void> {
    await this.#database.batch(() => {
      for (const { key, value } of changes) {
        if (value === undefined) this.#database.remove(key as Buffer);
        else this.#database.put(key as Buffer, value as Buffer);
      }
    });
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}
