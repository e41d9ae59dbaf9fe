/** What a state takes in memory, so that what is held of many has a bound whatever their clients send. */
import type { StreamState } from "./state.ts";

/** Memory of a stream with texts of the usual length, bytes: what a bound on the count of streams is meant for. */
export const PLAIN_STREAM_BYTES = 1024;

/** What streams that cannot be dropped from memory may always take: some that remember as many producers as they may. */
const IN_USE_BYTES_MIN = 64 * 1024 * 1024;

/** Memory that so many plain streams may take, or fewer that take more, when they cannot be dropped, bytes. */
export function inUseLimit(streams: number): number {
  return Math.max(IN_USE_BYTES_MIN, streams * PLAIN_STREAM_BYTES);
}

/** A stream without its texts, with all that is held beside its state. */
const STREAM_BYTES = 640;
/** One producer with an id of the greatest length. The ids are not summed up: the figure is asked for at each append. */
const PRODUCER_BYTES = 400;

/** About how many bytes of memory a loaded stream takes; rather too many than too few. */
export function weightOf(state: StreamState): number {
  return (
    STREAM_BYTES +
    state.path.length +
    state.contentType.length +
    (state.fork === undefined ? 0 : state.fork.sourcePath.length) +
    (state.lastStreamSeq === undefined ? 0 : state.lastStreamSeq.length) +
    (state.closedBy === undefined ? 0 : state.closedBy.producerId.length) +
    (state.producers === undefined ? 0 : state.producers.size * PRODUCER_BYTES)
  );
}

/** A state that takes more counts as heavy: those are what memory runs out for. */
const HEAVY_BYTES = 32 * 1024;

export function isHeavy(state: StreamState): boolean {
  return weightOf(state) > HEAVY_BYTES;
}

/** What a state takes beyond a plain one, bytes. */
export function excessOf(state: StreamState): number {
  return Math.max(0, weightOf(state) - PLAIN_STREAM_BYTES);
}

/** Streams in use, which cannot be dropped, fill the memory that is meant for streams. It passes with the next checkpoint. */
export class MemoryShort extends Error {
  override readonly name = "MemoryShort";
}
