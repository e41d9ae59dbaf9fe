/** A connection of a door. */
export interface HeldConnection {
  /** Since when it is between two requests, monotonic milliseconds; undefined: it is not. */
  readonly idleSince: number | undefined;
  /** Closes it if it has been between two requests since before `then`, monotonic milliseconds. */
  closeIfIdleSince(then: number): void;
}

/** Connections looked at in one search, which takes a fraction of a millisecond, and how many of these are kept in mind. */
const LOOKS = 4096;
const KEPT = 256;

/** When a search has found nothing, the next one waits this long, milliseconds. */
const PAUSE_MS = 250;

/** Finds connections that may give way: of those that a search looks at, the ones that are idle longest go first. */
export class IdleSearch {
  readonly #connections: () => Iterable<HeldConnection>;
  readonly #idleMs: number;
  #hand: Iterator<HeldConnection> | undefined;
  /** The one that goes first is the last. */
  #found: HeldConnection[] = [];
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** @param idleMs those that are idle for less stay */
  constructor(connections: () => Iterable<HeldConnection>, idleMs: number) {
    this.#connections = connections;
    this.#idleMs = idleMs;
  }

  /** Closes one of them; false if there is none. @param now monotonic milliseconds */
  closeOne(now: number): boolean {
    const then = now - this.#idleMs;
    if (this.#closeFound(then)) return true;
    if (now < this.#pausedUntil) return false;
    this.#search(then);
    if (this.#closeFound(then)) return true;
    this.#pausedUntil = now + PAUSE_MS;
    return false;
  }

  #closeFound(then: number): boolean {
    for (let next = this.#found.pop(); next !== undefined; next = this.#found.pop()) {
      // It may have had requests since it was found.
      if (!isIdleSince(next, then)) continue;
      next.closeIfIdleSince(then);
      return true;
    }
    return false;
  }

  #search(then: number): void {
    const idle: HeldConnection[] = [];
    this.#hand ??= this.#connections()[Symbol.iterator]();
    for (let looks = 0; looks < LOOKS; looks++) {
      const { done, value } = this.#hand.next();
      if (done) {
        this.#hand = undefined;
        break;
      }
      if (isIdleSince(value, then)) idle.push(value);
    }
    // Of those that are idle for as long, too, the one that came first is the last.
    this.#found = idle
      .reverse()
      .sort((left, right) => right.idleSince! - left.idleSince!)
      .slice(-KEPT);
  }
}

function isIdleSince({ idleSince }: HeldConnection, then: number): boolean {
  return idleSince !== undefined && idleSince <= then;
}
