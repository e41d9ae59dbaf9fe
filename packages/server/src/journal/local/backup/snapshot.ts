/** The archive of a running server as it is at one moment, however long it takes to read. */
import { open, type RootDatabase, type Transaction } from "lmdb";
import type { Entry } from "../archive/archive-store.ts";
import type { ArchiveView } from "./copy-archive.ts";

/**
 * LMDB keeps what a reader sees, of any process, until it ends its transaction; so pages that are freed meanwhile are not
 * used again, and the archive grows a little while a backup is under way.
 */
export class ArchiveSnapshot implements ArchiveView {
  readonly #database: RootDatabase<Buffer, Buffer>;
  readonly #transaction: Transaction;

  /** @param file the archive's, which exists */
  constructor(file: string) {
    this.#database = open({
      ...{ path: file, noSubdir: true, readOnly: true },
      ...{ keyEncoding: "binary", encoding: "binary" },
    });
    this.#transaction = this.#database.useReadTransaction();
  }

  /** Entries with keys in `[from, to)`, ascending, at most `limit`. */
  entries(from: Uint8Array, to: Uint8Array, limit: number): Entry[] {
    const range = { start: from as Buffer, end: to as Buffer, limit, transaction: this.#transaction };
    return [...this.#database.getRange(range)].map(({ key, value }) => ({ key, value: Buffer.from(value) }));
  }

  async close(): Promise<void> {
    this.#transaction.done();
    await this.#database.close();
  }
}
