/** How often somebody may write: so many requests a second, and as many at once. */
export class WriteRate {
  /** Requests a second. */
  readonly limit: number;
  readonly #now: () => number;
  #left: number;
  #at: number;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(limit: number, now: () => number) {
    this.limit = limit;
    this.#now = now;
    this.#left = limit;
    this.#at = now();
  }

  /** Whether one more is within the rate; if so, it counts. */
  spend(): boolean {
    const now = this.#now();
    this.#left = Math.min(this.limit, this.#left + ((now - this.#at) * this.limit) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
