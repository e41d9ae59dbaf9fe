import type { Log } from "../journal/contract/index.ts";

/** The most bytes of one JSON message unless told otherwise: readers get a message whole, and must hold it to parse it. */
export const JSON_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Bytes of a body that becomes durable together with what others append; longer ones are written ahead, since all that comes
 * behind one waits for it: some 20 ms for 4 MiB.
 */
export const AHEAD_BYTES = 4 * 1024 * 1024;

/**
 * Generations of forks of forks unless told otherwise. A read looks at the streams of all of them, which costs some ten
 * microseconds each when they have to be fetched from the disk.
 */
export const FORK_DEPTH = 256;

/** How long a stream that nobody uses stays in memory unless told otherwise; twice as long at most. */
export const IDLE_STREAM_MS = 30_000;

/** What a shard takes from the world around it. */
export interface ShardDeps {
  readonly log: Log;
  /** The current time, epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets, for intervals. Default `now`. */
  readonly monotonicNow?: () => number;
  /** Hears that the wall clock was set: by so many milliseconds, negative ones where it was set back. Default nobody. */
  readonly onClockJump?: (jumpMs: number) => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Producers one stream may remember. */
  readonly producersPerStream: number;
  /** Bytes of one JSON message. Default `JSON_MESSAGE_BYTES`. */
  readonly jsonMessageBytes?: number;
  /** Bytes of a body that is not written ahead. Default `AHEAD_BYTES`. */
  readonly aheadBytes?: number;
  /** Generations of forks of forks. Default `FORK_DEPTH`. */
  readonly forkDepth?: number;
  /** Streams held in memory before idle ones are dropped. */
  readonly loadedStreams: number;
  /** Time after which an idle stream is dropped from memory, twice that at most, ms. Default `IDLE_STREAM_MS`. */
  readonly idleStreamMs?: number;
  /** Whether State messages are shown with their offsets. Default true. */
  readonly stateOffsets?: boolean;
}
