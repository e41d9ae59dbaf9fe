/** What a stream remembers of its producers. */
import { type Rejected, reject } from "../stream/rejections.ts";
import type { ProducerState } from "../stream/state.ts";
import { durably } from "./outcomes.ts";
import type { Shard } from "./shard.ts";

export interface ProducersRequest {
  /** Canonical path of the stream. */
  readonly path: string;
  /** Only producers whose ids come after this one; empty: from the first. */
  readonly after: string;
  /** Most producers in the page, [1, ...]. */
  readonly limit: number;
}

/** A producer as it was when the page was made. */
export interface KnownProducer extends Readonly<ProducerState> {
  readonly id: string;
}

export interface ProducersPage {
  readonly kind: "producers";
  /** Sorted by id. */
  readonly producers: readonly KnownProducer[];
  /** Where the next page begins (its `after`); undefined: this was the last. */
  readonly next: string | undefined;
}

/** One page of a stream's producers, told when it is durable. Does not renew a TTL and loads nothing into memory. */
export function producers(
  shard: Shard,
  { path, after, limit }: ProducersRequest,
): Promise<ProducersPage | Rejected> {
  return durably(shard, path, () => ({ outcome: pageOf(shard, path, after, limit), pending: undefined }));
}

function pageOf(shard: Shard, path: string, after: string, limit: number): ProducersPage | Rejected {
  const stream = shard.catalog.peek(path);
  if (stream?.visibility === "soft-deleted") return reject({ kind: "stream-gone" });
  if (stream?.visibility !== "live" || shard.clockWatch.isExpired(stream))
    return reject({ kind: "stream-not-found" });
  const known = stream.state.producers ?? new Map<string, ProducerState>();
  const ids = [...known.keys()].filter((id) => id > after).sort();
  return {
    kind: "producers",
    producers: ids.slice(0, limit).map((id) => ({ id, ...known.get(id)! })),
    next: ids.length > limit ? ids[limit - 1] : undefined,
  };
}
