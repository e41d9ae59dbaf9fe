/**
 * Where rows begin, for a stream of any length: of every page of rows the position and the number of its first one.
 * A page is read again when it is needed, so a million messages cost some thousand numbers.
 */

/** A page is full with so many rows, or with the row that fills so many bytes. */
const PAGE_ROWS = 256;
const PAGE_BYTES = 64 * 1024;

/** A run of rows that is read in one go. */
export interface PageRange {
  /** Stored bytes before it, and up to its end. */
  readonly position: number;
  readonly end: number;
  readonly firstRow: number;
  readonly rowCount: number;
}

export class PageIndex {
  readonly #positions: number[] = [0];
  readonly #firstRows: number[] = [0];
  #end = 0;
  #rowCount = 0;

  /** Stored bytes up to the end of the last row. */
  get end(): number {
    return this.#end;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get pageCount(): number {
    return this.#positions.length;
  }

  /**
   * Takes in the next row.
   *
   * @param end its end; it begins where the last one ended
   * @returns whether it is the first row of a new page
   */
  append(end: number): boolean {
    const isFull =
      this.#rowCount - this.#firstRows.at(-1)! >= PAGE_ROWS ||
      this.#end - this.#positions.at(-1)! >= PAGE_BYTES;
    if (isFull) {
      this.#positions.push(this.#end);
      this.#firstRows.push(this.#rowCount);
    }
    this.#end = end;
    this.#rowCount++;
    return isFull;
  }

  page(index: number): PageRange {
    const position = this.#positions[index]!;
    const firstRow = this.#firstRows[index]!;
    const end = this.#positions[index + 1] ?? this.#end;
    return { position, end, firstRow, rowCount: (this.#firstRows[index + 1] ?? this.#rowCount) - firstRow };
  }

  /** The page that holds a row, [0, rowCount). */
  pageOfRow(row: number): number {
    return lastAtMost(this.#firstRows, row);
  }

  /** The page that holds a position; the last one for what lies beyond the end. */
  pageAt(position: number): number {
    return lastAtMost(this.#positions, position);
  }
}

/** The index of the last value that is at most `limit`, of values that rise from one that is. */
function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (values[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
