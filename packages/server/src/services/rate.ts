/** How much of something there may be in a second: so much on the average, and as much at once. */
export class Rate {
  readonly #limit: number;
  readonly #now: () => number;
  #left: number;
  #at: number;
  #second = 0;
  #asked = 0;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
    this.#left = limit;
    this.#at = now();
  }

  /**
   * Whether so much more is within the rate; if so, it counts. What is larger than all that is left is let in as long as something
   * is, and is paid for by those that come after it: else a body longer than a second's bytes would never get in.
   */
  spend(amount: number): boolean {
    const now = this.#now();
    const second = Math.floor(now / 1000);
    this.#asked = second === this.#second ? this.#asked + amount : amount;
    this.#second = second;
    this.#left = Math.min(this.#limit, this.#left + ((now - this.#at) * this.#limit) / 1000);
    this.#at = now;
    if (this.#left < Math.min(1, amount)) return false;
    this.#left -= amount;
    return true;
  }

  /** What was asked for within the last second in which something was. */
  get asked(): number {
    return this.#asked;
  }

  /** After how many seconds there is room again. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((1 - this.#left) / this.#limit));
  }
}
