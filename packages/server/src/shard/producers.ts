/** What a stream remembers of its producers. */
import type { Stream } from "../catalog/stream.ts";
import { type Rejected, reject } from "../stream/rejections.ts";
import type { ProducerState } from "../stream/state.ts";
import { durably } from "./outcomes.ts";
import type { Shard } from "./shard.ts";

/** Producers looked at in one step, and sorted together beside a page: a few hundred microseconds. */
const STEP = 1000;

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
export async function producers(
  shard: Shard,
  { path, after, limit }: ProducersRequest,
): Promise<ProducersPage | Rejected> {
  const ids = await shard.turns.run(firstIds(shard.catalog.peek(path), after, limit + 1));
  return durably(shard, path, () => ({ outcome: pageOf(shard, path, ids, limit), pending: undefined }));
}

/** The first `count` ids after `after`, sorted, a step at a time: there may be millions. */
function* firstIds(
  stream: Stream | undefined,
  after: string,
  count: number,
): Generator<void, readonly string[]> {
  let first: string[] = [];
  let last: string | undefined;
  let looked = 0;
  for (const id of stream?.state.producers?.keys() ?? []) {
    if (++looked % STEP === 0) yield;
    if (id <= after || (last !== undefined && id > last)) continue;
    first.push(id);
    if (first.length < count + STEP) continue;
    first = first.sort().slice(0, count);
    last = first.at(-1);
  }
  return first.sort().slice(0, count);
}

/** @param ids of the page, and one more if there is another after it */
function pageOf(shard: Shard, path: string, ids: readonly string[], limit: number): ProducersPage | Rejected {
  const stream = shard.catalog.peek(path);
  if (stream?.visibility === "soft-deleted") return reject({ kind: "stream-gone" });
  if (stream?.visibility !== "live" || shard.clockWatch.isExpired(stream))
    return reject({ kind: "stream-not-found" });
  const known = stream.state.producers ?? new Map<string, ProducerState>();
  // Those whose first append was lost meanwhile are none.
  const page = ids.slice(0, limit).filter((id) => known.has(id));
  return {
    kind: "producers",
    producers: page.map((id) => ({ id, ...known.get(id)! })),
    next: ids.length > limit ? ids[limit - 1] : undefined,
  };
}
