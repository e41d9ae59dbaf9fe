/** Where the states are that are not in memory. */
import type { ForkOrigin, StreamState } from "../../stream/state.ts";

/** A place among the recorded deadlines: the deadline, epoch milliseconds, and the stream's id. */
export type DuePlace = readonly [deadlineMs: number, id: number];

export interface DuePage {
  /** Fewer than asked for, even none, before the end. */
  readonly ids: readonly number[];
  /** Where the next page begins; undefined: this was the last. */
  readonly next: DuePlace | undefined;
}

/** Some of the paths, in order. */
export interface PathsPage {
  /** Fewer than asked for, even none, before the end. */
  readonly paths: readonly string[];
  /** All up to this one, which need not exist any more, were looked at; undefined: there are no more. */
  readonly next: string | undefined;
}

/**
 * Streams that need not be held in memory, since they can be brought back from here: at once, since states are small and
 * lie near, wherever the bytes are. A stream whose removal was appended is not returned any more (unless the removal
 * failed). What is asked may throw `DamagedData`, when an entry is not what was written.
 */
export interface Archive {
  /** The state of a live or soft-deleted stream, as of its last checkpoint; a fresh object each time. */
  byPath(path: string): StreamState | undefined;
  byId(id: number): StreamState | undefined;
  /** Of the state of a stream only where it was forked from; undefined if it is no fork, or there is no such stream. */
  forkOf(id: number): ForkOrigin | undefined;
  /** Paths after `after` (exclusive) that begin with `prefix`, sorted, at most `limit`. */
  paths(prefix: string, after: string, limit: number): PathsPage;
  /**
   * A page of the streams whose recorded deadline is at or before `beforeMs`, earliest first, at most `limit`, from the
   * start or where an earlier page ended.
   */
  due(beforeMs: number, limit: number, after?: DuePlace): DuePage;
  /**
   * Lets go of a state that its holder is about to drop from memory. False when the archive does not hold it exactly
   * as it is now: then it must be kept.
   */
  release(state: StreamState): boolean;
}
