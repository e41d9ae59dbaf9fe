/** The pages that were used last, so that scrolling back and forth asks the server once. */
export class PageCache<T> {
  readonly #capacity: number;
  /** Least recently used first. */
  readonly #pages = new Map<number, T>();

  /** @param capacity pages kept, at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#pages.size;
  }

  get(page: number): T | undefined {
    const found = this.#pages.get(page);
    if (found !== undefined) {
      this.#pages.delete(page);
      this.#pages.set(page, found);
    }
    return found;
  }

  set(page: number, content: T): void {
    this.#pages.delete(page);
    this.#pages.set(page, content);
    if (this.#pages.size <= this.#capacity) return;
    const oldest = this.#pages.keys().next();
    if (!oldest.done) this.#pages.delete(oldest.value);
  }
}
