/** Searching a stream, page by page, so that any length of stream can be searched. */
import type { Row } from "../feed/cut-rows.ts";
import { readRows } from "../feed/read-rows.ts";
import type { StreamFeed } from "../feed/stream-feed.ts";
import type { Query } from "./query.ts";

export interface Search {
  readonly feed: StreamFeed;
  readonly query: Query;
  /** Where to begin: the end of the row that is looked at, which is not searched itself. */
  readonly from: number;
  readonly signal: AbortSignal;
  /** Told how far the search is: the position reached. */
  readonly onProgress: (position: number) => void;
}

/** The next row that is meant; undefined when there is none up to the tail, or the search was given up. */
export async function findNext({ feed, query, from, signal, onProgress }: Search): Promise<Row | undefined> {
  const { end } = feed.snapshot();
  for await (const rows of readRows({ url: feed.url, from, to: end, signal })) {
    const found = rows.find(query.matches);
    if (found !== undefined) return found;
    onProgress(rows.at(-1)?.end ?? from);
  }
  return undefined;
}

/** The last row before the one that is looked at that is meant. */
export async function findPrevious({
  feed,
  query,
  from,
  signal,
  onProgress,
}: Search): Promise<Row | undefined> {
  for (let page = feed.index.pageAt(Math.max(0, from - 1)); page >= 0 && !signal.aborted; page--) {
    const { position, end } = feed.index.page(page);
    let found: Row | undefined;
    for await (const rows of readRows({ url: feed.url, from: position, to: end, signal }))
      found = rows.findLast((row) => row.end < from && query.matches(row)) ?? found;
    if (found !== undefined) return found;
    onProgress(position);
  }
  return undefined;
}
