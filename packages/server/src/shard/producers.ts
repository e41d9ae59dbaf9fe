/** What a stream remembers of its producers. */
import type { Stream } from "../catalog/stream.ts";
import type { KnownProducers, ProducerState } from "../stream/known-producers.ts";
import { type Rejected, reject } from "../stream/rejections.ts";
import { durably } from "./outcomes.ts";
import type { Shard } from "./shard.ts";

/** Producers looked at in one step, and sorted together beside a page: a few hundred microseconds. */
const STEP = 1000;
/** Parts of them that are brought back from where they are stored in one step: as long. */
const PARTS = 4;

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
  const seen = shard.catalog.peek(path);
  // What is deleted meanwhile forgets them.
  const known = seen?.state.producers;
  const ids = await shard.turns.run(firstIds(known, after, limit + 1));
  return durably(shard, path, () => ({
    outcome: pageOf(shard, path, { ids, limit, seen, known }),
    pending: undefined,
  }));
}

/** The first `count` ids after `after`, sorted, a step at a time: there may be millions. */
function* firstIds(
  known: KnownProducers | undefined,
  after: string,
  count: number,
): Generator<void, readonly string[]> {
  let first: string[] = [];
  let last: string | undefined;
  let looked = 0;
  for (let parts = 1; known?.bringPart(); parts++) if (parts % PARTS === 0) yield;
  for (const id of known?.ids() ?? []) {
    if (++looked % STEP === 0) yield;
    if (id <= after || (last !== undefined && id > last)) continue;
    first.push(id);
    if (first.length < count + STEP) continue;
    first = first.sort().slice(0, count);
    last = first.at(-1);
  }
  return first.sort().slice(0, count);
}

interface Found {
  /** Of the page, and one more if there is another after it. */
  readonly ids: readonly string[];
  readonly limit: number;
  /** The stream, and its producers, among which they were found. */
  readonly seen: Stream | undefined;
  readonly known: KnownProducers | undefined;
}

function pageOf(shard: Shard, path: string, found: Found): ProducersPage | Rejected {
  const { ids, limit } = found;
  const stream = shard.catalog.peek(path);
  if (stream?.visibility === "soft-deleted") return reject({ kind: "stream-gone" });
  if (stream?.visibility !== "live" || shard.clockWatch.isExpired(stream))
    return reject({ kind: "stream-not-found" });
  const known = isAsSeen(stream, found.seen) ? found.known : stream.state.producers;
  // Those whose first append was lost meanwhile are none.
  const page = ids.slice(0, limit).map((id) => ({ id, state: known?.get(id) }));
  return {
    kind: "producers",
    producers: page.flatMap(({ id, state }) => (state === undefined ? [] : [{ id, ...state }])),
    next: ids.length > limit ? ids[limit - 1] : undefined,
  };
}

/** Whether no producer appended meanwhile: a stream that is not in memory would have to bring them all back once more. */
function isAsSeen({ state }: Stream, seen: Stream | undefined): boolean {
  return seen?.state.id === state.id && seen.state.tail === state.tail && seen.state.closed === state.closed;
}
