/** The histogram above the timeline: how much was written, from a stream's first row to its last. */
import type { PageRange } from "../feed/page-index.ts";

/** What the histogram is made from. */
export interface ActivitySource {
  readonly pages: readonly PageRange[];
  /** Bytes of each row of the last page, which is the only one whose rows are known. */
  readonly lastPageRows: readonly number[];
  readonly rowCount: number;
}

/**
 * Bytes per bucket, each bucket being an equal share of the rows. Within a page, but for the last one, rows count as
 * equally long.
 */
export function activity({ pages, lastPageRows, rowCount }: ActivitySource, buckets: number): number[] {
  const bytes = new Array<number>(buckets).fill(0);
  if (rowCount === 0) return bytes;
  const perRow = buckets / rowCount;
  for (const { firstRow, rowCount: rows, position, end } of pages.slice(0, -1))
    spread(bytes, firstRow * perRow, (firstRow + rows) * perRow, end - position);
  const first = pages.at(-1)?.firstRow ?? 0;
  for (const [row, length] of lastPageRows.entries())
    spread(bytes, (first + row) * perRow, (first + row + 1) * perRow, length);
  return bytes;
}

/** Adds an amount to the buckets of a range, to each by its share. */
function spread(buckets: number[], from: number, to: number, amount: number): void {
  for (let bucket = Math.floor(from); bucket < Math.min(to, buckets.length); bucket++) {
    const share = Math.min(to, bucket + 1) - Math.max(from, bucket);
    buckets[bucket] = buckets[bucket]! + (amount * share) / (to - from);
  }
}

/** Bars of a whole width that a track has room for: fewer rows than that are thin bars, and no blocks. */
const BARS = 60;

/**
 * Bars as one SVG path in a box of `buckets` by 1, none of them invisible. What stands out reaches the top; where all is
 * alike it is half as high, since a wall would say that much was written everywhere.
 */
export function barsPath(values: readonly number[]): string {
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const highest = Math.max(...values, 4 * average);
  if (!(highest > 0)) return "";
  const width = Math.min(0.8, values.length / BARS);
  const margin = (1 - width) / 2;
  return values
    .map((value, index) => {
      if (value <= 0) return "";
      // The square root keeps small values visible beside large ones.
      const height = Math.max(0.06, Math.sqrt(value / highest));
      const left = Number((index + margin).toFixed(3));
      return `M${left} 1v${(-height).toFixed(3)}h${Number(width.toFixed(3))}v${height.toFixed(3)}z`;
    })
    .join("");
}
