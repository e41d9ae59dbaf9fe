/** Streams looked at in one turn of the event loop: to drop as many takes a millisecond or two. */
const LOOKS = 500;

/**
 * How fast the catalogue's hand goes when memory is not short: once round in a given time, evenly. So a stream that nobody uses
 * is dropped after one to two rounds, and no stream needs a time of its own.
 */
export class IdlePace {
  readonly #roundMs: number;
  #takenAt: number;
  #roundBegan: number;
  /** The most streams there have been in this round. A round in which many are dropped must not become slower and slower. */
  #roundStreams = 0;
  /** Streams that are to be looked at, with fractions. */
  #owed = 0;

  /**
   * @param roundMs time of one round, milliseconds
   * @param now milliseconds of a clock that nobody sets
   */
  constructor(roundMs: number, now: number) {
    this.#roundMs = roundMs;
    this.#takenAt = now;
    this.#roundBegan = now;
  }

  /**
   * How many streams are to be looked at now.
   *
   * @param streams how many there are: no more are owed, however long ago the last look was
   * @returns some hundred at most; when there are more, `isBehind`
   */
  take(now: number, streams: number): number {
    const elapsed = Math.max(0, now - this.#takenAt);
    this.#takenAt = now;
    this.#roundStreams = Math.max(this.#roundStreams, streams);
    this.#owed = Math.min(streams, this.#owed + (this.#roundStreams * elapsed) / this.#roundMs);
    const taken = Math.min(LOOKS, Math.floor(this.#owed));
    this.#owed -= taken;
    if (now - this.#roundBegan >= this.#roundMs) {
      this.#roundBegan = now;
      this.#roundStreams = streams;
    }
    return taken;
  }

  /** Whether more are to be looked at, in the next turn. */
  get isBehind(): boolean {
    return this.#owed >= 1;
  }
}
