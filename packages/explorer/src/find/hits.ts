/** What a query finds in a stream, counted to the end and kept for a list up to a bound. */
import type { Row } from "../feed/cut-rows.ts";
import type { Scan } from "../feed/scan-runner.ts";
import type { Query } from "./query.ts";

/** A row that was found. */
export interface Hit {
  readonly row: Row;
  /** Its number in the stream, from 0. */
  readonly number: number;
}

/** Hits that are kept, the newest ones. */
export const KEPT_HITS = 5000;
const KEPT_BYTES = 8 * 1024 * 1024;

export class Hits implements Scan {
  readonly #query: Query | undefined;
  #kept: Hit[] = [];
  #bytes = 0;
  #count = 0;
  #scanned = 0;

  /** @param query undefined finds nothing */
  constructor(query: Query | undefined) {
    this.#query = query;
  }

  /** All hits, those included that are not kept. */
  get count(): number {
    return this.#count;
  }

  /** Oldest first. */
  get kept(): readonly Hit[] {
    return this.#kept;
  }

  apply(rows: readonly Row[]): void {
    for (const row of rows) {
      const number = this.#scanned++;
      if (!this.#query?.matches(row)) continue;
      this.#count++;
      // A copy: the bytes may be a view of all that came with them.
      this.#kept.push({ number, row: { ...row, bytes: row.bytes.slice() } });
      this.#bytes += row.bytes.length;
    }
    this.#trim();
  }

  #trim(): void {
    let dropped = 0;
    while (
      this.#kept.length - dropped > KEPT_HITS ||
      (this.#bytes > KEPT_BYTES && dropped < this.#kept.length - 1)
    )
      this.#bytes -= this.#kept[dropped++]!.row.bytes.length;
    if (dropped > 0) this.#kept = this.#kept.slice(dropped);
  }
}
