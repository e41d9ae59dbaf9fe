/**
 * A stream as the process holds it: the accepted state that writers are judged against, and beside it what
 * readers may see, which is what is durable.
 */
import type { LogFailure } from "../journal/contract/index.ts";
import { deadlineOf } from "../stream/expiry.ts";
import type { StreamState } from "../stream/state.ts";

/** `unborn`: its creation is not durable yet. The other values are those of `StreamState.life`, once durable. */
export type Visibility = "unborn" | "live" | "soft-deleted" | "removed";

/** Somebody who waits at the tail of a stream. */
export interface TailListener {
  /**
   * What readers see of the stream has changed: bytes arrived, or it was closed, deleted or has expired. Called from
   * inside the log's own callback: marks itself as ready and does nothing else.
   */
  onChange(): void;
}

/** A record on its way to the disk: `settled` resolves once it is durable (undefined) or lost (why). */
export interface Settlement {
  readonly settled: Promise<LogFailure | undefined>;
}

/** A stream that others have their first bytes from. */
export interface Ancestor {
  readonly id: number;
  /** Where its own bytes begin: those before it are of the next ancestor. */
  readonly start: number;
}

const NOBODY: ReadonlySet<TailListener> = new Set();

export class Stream {
  /** Accepted: what writers are judged against. */
  readonly state: StreamState;
  /** Durable: what readers see. */
  visibility: Visibility;
  visibleTail: number;
  visibleClosed: boolean;
  /** The last use that renews a TTL, epoch milliseconds; `state.renewedAt` follows it lazily. */
  lastUse: number;
  /** When the sweep is to look at it, epoch milliseconds; undefined: never. Kept by `Deadlines`. */
  lookAt: number | undefined = undefined;
  /** The newest record that is accepted and not yet settled. */
  unsettled: Settlement | undefined = undefined;
  /** An earlier life of the same path, visible for as long as this one is unborn. */
  previous: Stream | undefined = undefined;
  /** What it counts for in the catalogue's budget, bytes; 0 while it is not held there. Kept by the catalogue. */
  weight = 0;
  /** Operations that hold on to it across a wait: it stays in memory as long as there are any. */
  pins = 0;
  /** Whether its first message is one of the State Protocol; undefined until somebody has looked (`shard/state-streams.ts`). */
  holdsState: boolean | undefined = undefined;
  /** The streams it has its first bytes from, nearest first; undefined until somebody has looked (`shard/lineage.ts`). */
  lineage: readonly Ancestor[] | undefined = undefined;
  /** Whether somebody wants to know when its data becomes durable: asked before each append (`shard/watch.ts`). */
  isWatched = false;
  /** Used since the catalogue last looked for streams to drop from memory. */
  recentlyUsed = true;
  /** Most streams have no readers, and an empty set of their own would be a third of their memory. */
  #listeners: Set<TailListener> | undefined = undefined;

  constructor(state: StreamState, visibility: Visibility) {
    this.state = state;
    this.visibility = visibility;
    this.visibleTail = state.tail;
    this.visibleClosed = state.closed;
    this.lastUse = state.renewedAt;
  }

  /** Live readers at the tail, or on their way to it. */
  get listeners(): ReadonlySet<TailListener> {
    return this.#listeners ?? NOBODY;
  }

  listen(listener: TailListener): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  unlisten(listener: TailListener): void {
    this.#listeners?.delete(listener);
    if (this.#listeners?.size === 0) this.#listeners = undefined;
  }

  /** All that was accepted is durable: readers see it. */
  becomeDurable(): void {
    this.visibility = this.state.life;
    this.visibleTail = this.state.tail;
    this.visibleClosed = this.state.closed;
    this.lastUse = this.state.renewedAt;
  }

  /**
   * Whether the stream's life is over at `now`, recorded or not. A TTL does not run out under a live reader
   * (protocol §15.4); a fixed expiry does.
   */
  isExpired(now: number): boolean {
    const deadline = deadlineOf(this.state, this.lastUse);
    if (deadline === undefined || now < deadline) return false;
    return this.state.expiresAt !== undefined || this.listeners.size === 0;
  }
}
