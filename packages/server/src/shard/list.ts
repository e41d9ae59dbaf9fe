/** Which streams there are, in the order of their paths. */

import { unlessDamaged } from "../journal/contract/errors.ts";
import { isOwnPath } from "../stream/paths.ts";
import { isHeavy } from "../stream/weight.ts";
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

/** Paths looked at in one step: a millisecond or two where all of them are in the archive, and half as much for the step itself. */
const STEP = 100;

/** Those of some streams that readers can see. Loads nothing into memory. */
export function describeAll(shard: Shard, paths: readonly string[]): Promise<readonly StreamDescription[]> {
  return shard.turns.run(describeInSteps(shard, paths));
}

function* describeInSteps(shard: Shard, paths: readonly string[]): Generator<void, StreamDescription[]> {
  const streams: StreamDescription[] = [];
  for (let from = 0; from < paths.length; from += STEP) {
    yield* describeStep(shard, paths.slice(from, from + STEP), streams);
    yield;
  }
  return streams;
}

/** One page of the streams that readers can see. Does not renew a TTL and loads nothing into memory. */
export function list(shard: Shard, request: ListRequest): Promise<ListPage> {
  return shard.turns.run(listInSteps(shard, request));
}

function* listInSteps(shard: Shard, { prefix, after, limit }: ListRequest): Generator<void, ListPage> {
  const streams: StreamDescription[] = [];
  let place = after;
  for (let looked = 0; looked < limit; ) {
    const { paths, next } = shard.catalog.paths(prefix, place, Math.min(STEP, limit - looked));
    yield* describeStep(shard, paths, streams);
    if (next === undefined) return { streams, next };
    place = next;
    looked += paths.length;
    yield;
  }
  return { streams, next: place };
}

/** Adds what there is to see at some paths. */
function* describeStep(
  shard: Shard,
  paths: readonly string[],
  streams: StreamDescription[],
): Generator<void> {
  for (const path of paths) {
    if (isOwnPath(path)) continue;
    const stream = unlessDamaged(() => shard.catalog.peek(path));
    if (stream?.visibility === "live" && !shard.clockWatch.isExpired(stream))
      streams.push(describe(stream, shard.clockWatch));
    // That one alone took long to be read.
    if (stream !== undefined && isHeavy(stream.state)) yield;
  }
}
