/**
 * Notices when somebody sets the wall clock, and holds expiry back after a jump forward: the end of a stream is for good, a
 * clock may be set right again. Streams last used before the jump live by the clock as it ran before, for a day.
 */
import type { Stream } from "../catalog/stream.ts";

/** What the wall clock gains or loses between two looks, milliseconds, and is no drift nor the correction of one. */
const JUMP_MS = 30_000;

/** How long a jump forward holds expiry back, monotonic milliseconds: time to notice a wrong clock and to set it right. */
export const GRACE_MS = 24 * 3_600_000;

export class ClockWatch {
  readonly #now: () => number;
  /** Milliseconds of a clock that nobody sets, for intervals. */
  readonly monotonicNow: () => number;
  readonly #onJump: ((jumpMs: number) => void) | undefined;
  /** What the wall clock was ahead of the monotonic one at the last look. */
  #ahead: number;
  #heldMs = 0;
  /** Where the last jump forward led to, epoch milliseconds. */
  #landedAt = Number.NEGATIVE_INFINITY;
  /** Monotonic milliseconds. */
  #graceEnds = Number.NEGATIVE_INFINITY;

  /** @param onJump hears of each jump once: milliseconds, negative where the clock was set back */
  constructor(now: () => number, monotonicNow: () => number, onJump?: (jumpMs: number) => void) {
    this.#now = now;
    this.monotonicNow = monotonicNow;
    this.#onJump = onJump;
    this.#ahead = now() - monotonicNow();
  }

  /** Compares the clocks. Called with each sweep, and before anything expires. */
  look(): void {
    const now = this.#now();
    const monotonicNow = this.monotonicNow();
    const jumpMs = now - monotonicNow - this.#ahead;
    this.#ahead += jumpMs;
    if (monotonicNow >= this.#graceEnds) this.#heldMs = 0;
    if (Math.abs(jumpMs) < JUMP_MS) return;
    // A clock that is set back takes off what it was ahead: set right, it holds nothing.
    this.#heldMs = Math.max(0, this.#heldMs + jumpMs);
    if (jumpMs > 0) {
      this.#landedAt = now;
      this.#graceEnds = monotonicNow + GRACE_MS;
    }
    this.#onJump?.(jumpMs);
  }

  /** Whether the stream's life is over, recorded or not: one whose end a jump has brought is not. */
  isExpired(stream: Stream): boolean {
    const now = this.#now();
    return stream.isExpired(now) && stream.isExpired(now - this.heldMs(stream.lastUse));
  }

  /** What is added to the deadline of a stream that was last used then, milliseconds. */
  heldMs(lastUse: number): number {
    this.look();
    return lastUse <= this.#landedAt ? this.#heldMs : 0;
  }

  /** The most that is added to any deadline, milliseconds. */
  mostHeldMs(): number {
    this.look();
    return this.#heldMs;
  }
}
