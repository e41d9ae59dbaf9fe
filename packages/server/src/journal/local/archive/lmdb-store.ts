/**
 * The archive's store on LMDB: a memory-mapped B-tree that reads without copying and, with one writer, commits
 * atomically. lmdb-js carries out commits on a thread of its own.
 */
import { closeSync, openSync, statfsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { open, type RootDatabase } from "lmdb";
import { DamagedData } from "../../contract/index.ts";
import { isAt } from "../node-disk.ts";
import type { ArchiveStore, Change, Entry } from "./archive-store.ts";
import { describeKey } from "./keys.ts";

/** A commit that fails with less room than this on the disk is taken to have failed for that. */
const ROOM_BYTES_MIN = 16 * 1024 * 1024;

/** At the beginning of the file. */
const DESCRIBING_PAGES = 2;

interface TreeStats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** The codes of LMDB's own errors, among them those for pages that are missing, of another kind, or make no sense. */
const LMDB_CODES = { from: -30_800, to: -30_779 };

function isOfLmdb(error: unknown): error is Error {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "number" && code >= LMDB_CODES.from && code <= LMDB_CODES.to;
}

/** As `getStats` gives them; lmdb-js does not type them. */
interface LmdbStats extends TreeStats {
  readonly pageSize: number;
  readonly lastPageNumber: number;
  readonly free: TreeStats;
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: TreeStats): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}

export class LmdbStore implements ArchiveStore {
  readonly #database: RootDatabase<Buffer, Buffer>;
  readonly #directory: string;
  readonly #file: string;
  /** The open file's. While it is open no other file gets it. */
  readonly #inode: bigint;

  /** @param file path of the data file; LMDB keeps its lock table beside it, under the same name with `-lock` */
  constructor(file: string) {
    this.#directory = dirname(file);
    this.#file = file;
    for (const path of [file, `${file}-lock`]) closeSync(openSync(path, "a", 0o600));
    this.#database = open({
      path: file,
      noSubdir: true,
      keyEncoding: "binary",
      encoding: "binary",
      // A commit is on disk when its promise resolves: the segments it makes superfluous are dropped then.
      overlappingSync: false,
      // Every transaction is explicit. (A batch per turn of the event loop would also leave a rejection unhandled.)
      eventTurnBatching: false,
    });
    this.#inode = statSync(file, { bigint: true }).ino;
  }

  /** @throws DamagedData */
  get(key: Uint8Array): Uint8Array | undefined {
    try {
      const value = this.#database.getBinaryFast(key as Buffer);
      // What comes is a large shared buffer that only says it is as long as the value.
      return value?.subarray(0, value.length);
    } catch (error) {
      throw this.#unreadable(key, error);
    }
  }

  /** The way through the tree to a key is damaged. What else is on that way is damaged, too, and nothing besides. */
  #unreadable(key: Uint8Array, error: unknown): unknown {
    if (!isOfLmdb(error)) return error;
    // A transaction that met an error refuses everything from then on.
    this.#database.resetReadTxn();
    return new DamagedData(
      `${describeKey(key)} cannot be read: the archive is damaged there: ${error.message}`,
    );
  }

  /** @throws DamagedData */
  #range<Found>(from: Uint8Array, range: Iterable<Found>): Found[] {
    const iterator = range[Symbol.iterator]();
    const found: Found[] = [];
    try {
      for (let next = iterator.next(); !next.done; next = iterator.next()) found.push(next.value);
      return found;
    } catch (error) {
      // It would hold on to the transaction that has met an error, and so would all later reads.
      iterator.return?.();
      throw this.#unreadable(from, error);
    }
  }

  last(from: Uint8Array, to: Uint8Array): Entry | undefined {
    // In reverse, `start` is included and `end` is not; a key that ends earlier sorts before its extensions.
    const end = Buffer.from(from.subarray(0, from.length - 1));
    const range = { start: to as Buffer, end, reverse: true, limit: 1 };
    const [entry] = this.#range(from, this.#database.getRange(range));
    return entry !== undefined && Buffer.compare(entry.key, from) >= 0 ? entry : undefined;
  }

  entries(from: Uint8Array, to: Uint8Array, limit: number): Entry[] {
    const range = { start: from as Buffer, end: to as Buffer, limit };
    return this.#range(from, this.#database.getRange(range));
  }

  keys(from: Uint8Array, to: Uint8Array, limit: number): Uint8Array[] {
    const range = { start: from as Buffer, end: to as Buffer, limit };
    return this.#range(from, this.#database.getKeys(range));
  }

  async write(changes: readonly Change[]): Promise<void> {
    const parts = new Set<Promise<boolean>>();
    // A backup that was killed holds on to what it saw: its pages could not be used again.
    this.#database.readerCheck();
    try {
      await this.#database.batch(() => {
        for (const { key, value } of changes) {
          if (value === undefined) parts.add(this.#database.remove(key as Buffer));
          else parts.add(this.#database.put(key as Buffer, value as Buffer));
        }
        // Each change has a promise, most of them the same one; the transaction's own says it all.
        for (const part of parts) part.catch(() => {});
      });
    } catch (error) {
      throw await this.#causeOf(error);
    }
  }

  /** Why a transaction failed. LMDB reports a write that was cut short by a full disk as an input/output error. */
  async #causeOf(error: unknown): Promise<unknown> {
    const commitError = (error as { commitError?: Promise<never> }).commitError;
    const cause: NodeJS.ErrnoException = await (commitError ?? Promise.reject(error)).catch(
      (reason) => reason,
    );
    const { bavail, bsize } = await statfs(this.#directory);
    if (bavail * bsize >= ROOM_BYTES_MIN) return cause;
    return Object.assign(new Error(`no space left on device: ${cause.message}`, { cause }), {
      code: "ENOSPC",
    });
  }

  /** The size of the file, and how much of it later transactions can use again. */
  space(): { readonly fileBytes: number; readonly freeBytes: number } {
    const stats = this.#database.getStats() as LmdbStats;
    const { pageSize, lastPageNumber, free } = stats;
    const used = DESCRIBING_PAGES + pagesOf(stats) + pagesOf(free);
    const pages = lastPageNumber + 1;
    return { fileBytes: pages * pageSize, freeBytes: Math.max(0, pages - used) * pageSize };
  }

  room(): number {
    return this.space().freeBytes + this.spaceOnDisk();
  }

  spaceOnDisk(): number {
    const { bavail, bsize } = statfsSync(this.#directory);
    return bavail * bsize;
  }

  /** Writes a copy without free pages, as of now, on a thread of its own. */
  copyCompacted(file: string): Promise<void> {
    return this.#database.backup(file, true);
  }

  isInPlace(): Promise<boolean> {
    return isAt(this.#file, this.#inode);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}
