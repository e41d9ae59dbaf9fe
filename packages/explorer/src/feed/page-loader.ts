/** Fetches pages that are wanted: the newest wish first, few at a time, and not what nobody waits for any more. */

/** Requests at once: a browser has six connections to a server, and the live reader needs one. */
const CONCURRENT_LOADS = 2;
/** Wishes kept; who scrolls fast passes over pages that need not be read at all. */
const WISHES = 4;

export class PageLoader {
  readonly #load: (page: number) => Promise<unknown>;
  readonly #underWay = new Set<number>();
  /** Oldest first. */
  #wishes: number[] = [];

  /** @param load fetches one page and stores it; what it throws is its own to report */
  constructor(load: (page: number) => Promise<unknown>) {
    this.#load = load;
  }

  want(page: number): void {
    if (this.#underWay.has(page)) return;
    this.#wishes = [...this.#wishes.filter((wish) => wish !== page), page].slice(-WISHES);
    this.#next();
  }

  #next(): void {
    if (this.#underWay.size >= CONCURRENT_LOADS) return;
    const page = this.#wishes.pop();
    if (page === undefined) return;
    this.#underWay.add(page);
    const done = (): void => {
      this.#underWay.delete(page);
      this.#next();
    };
    this.#load(page).then(done, done);
  }
}
