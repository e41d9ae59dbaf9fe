/** Reading a stream's bytes through its forks: what a fork inherited lies with its sources. */
import type { Stream } from "../catalog/stream.ts";
import { READ_CHUNK_BYTES } from "../journal/contract/index.ts";
import { ownStart } from "../stream/state.ts";
import type { Shard } from "./shard.ts";

/**
 * Durable bytes of the stream as its readers see it, from `from` on: at least one, at most up to `to` and at
 * most `READ_CHUNK_BYTES`. The caller owns them. Throws when the stream was removed meanwhile.
 *
 * @param memory where to put them: `READ_CHUNK_BYTES` of the caller's own; without it they get their own
 */
export function readBytes(
  shard: Shard,
  stream: Stream,
  from: number,
  to: number,
  memory?: Uint8Array,
): Uint8Array {
  let holder = stream;
  let end = to;
  while (from < ownStart(holder.state)) {
    end = Math.min(end, ownStart(holder.state));
    holder = shard.catalog.byId(holder.state.fork!.sourceId);
  }
  return shard.log.read(holder.state.id, from, Math.min(end, from + READ_CHUNK_BYTES), memory);
}

/** All bytes in `[from, to)`, piece by piece. */
export function* pieces(shard: Shard, stream: Stream, from: number, to: number): Generator<Uint8Array> {
  for (let at = from; at < to; ) {
    const piece = readBytes(shard, stream, at, to);
    yield piece;
    at += piece.length;
  }
}

/** The nearest known position at or before `position` at which an append, and so a message, begins. */
export function boundaryBefore(shard: Shard, stream: Stream, position: number): number {
  let holder = stream;
  while (position < ownStart(holder.state)) holder = shard.catalog.byId(holder.state.fork!.sourceId);
  const start = ownStart(holder.state);
  return position === start ? start : Math.max(start, shard.log.boundaryBefore(holder.state.id, position));
}
