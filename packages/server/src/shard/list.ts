/** Which streams there are, in the order of their paths. */
import { describe, type StreamDescription } from "./description.ts";
import type { Shard } from "./shard.ts";

export interface ListRequest {
  /** Only paths that begin with this. */
  readonly prefix: string;
  /** Only paths after this one. */
  readonly after: string;
  /** Paths to look at, [1, ...]: the bound of the work of one page. */
  readonly limit: number;
}

export interface ListPage {
  /** Streams that a reader would find, sorted by path. There may be fewer than `limit`, even none, before the end. */
  readonly streams: readonly StreamDescription[];
  /** Where the next page begins (its `after`); undefined: this was the last. */
  readonly next: string | undefined;
}

/** One page of the streams that readers can see. Does not renew a TTL and loads nothing into memory. */
export function list(shard: Shard, { prefix, after, limit }: ListRequest): ListPage {
  const paths = shard.catalog.paths(prefix, after, limit);
  const streams: StreamDescription[] = [];
  for (const path of paths) {
    const stream = shard.catalog.peek(path);
    if (stream?.visibility === "live" && !shard.clockWatch.isExpired(stream)) streams.push(describe(stream));
  }
  return { streams, next: paths.length === limit ? paths.at(-1) : undefined };
}
