/** The rows that a list shows: all of a stream, or what was found in it. */
import type { Row } from "../feed/cut-rows.ts";
import type { StreamFeed } from "../feed/stream-feed.ts";
import type { Hits } from "../find/hits.ts";

export interface RowList {
  readonly count: number;
  /** The row at a place of the list; undefined while it is fetched. */
  readonly row: (place: number) => Row | undefined;
  /** Where it ends: the position after it. */
  readonly endOf: (place: number) => Promise<number>;
  /** The place of a row of the stream, if it is listed. */
  readonly placeOf: (number: number) => number | undefined;
}

/** @param rowCount rows of the feed now */
export function allRows(feed: StreamFeed, rowCount: number): RowList {
  return {
    count: rowCount,
    row: (place) => feed.row(place),
    endOf: (place) => feed.endOf(place),
    placeOf: (number) => number,
  };
}

/** Some rows that are at hand, whose numbers nobody knows yet. */
export function newestRows(rows: readonly Row[]): RowList {
  return {
    count: rows.length,
    row: (place) => rows[place],
    endOf: async (place) => rows[place]?.end ?? 0,
    placeOf: () => undefined,
  };
}

export function foundRows({ kept }: Hits): RowList {
  return {
    count: kept.length,
    row: (place) => kept[place]?.row,
    endOf: async (place) => kept[place]?.row.end ?? 0,
    placeOf: (number) => {
      const place = kept.findIndex((hit) => hit.number === number);
      return place < 0 ? undefined : place;
    },
  };
}
