/** States of a machine by their ticks, the most recently used ones, up to a number of bytes. */
export class StateCache {
  readonly #maxBytes: number;
  readonly #states = new Map<number, Uint8Array<ArrayBuffer>>();
  #bytes = 0;

  /** @param maxBytes - the most that all states together have */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  has(tick: number): boolean {
    return this.#states.has(tick);
  }

  set(tick: number, state: Uint8Array<ArrayBuffer>): void {
    this.delete(tick);
    this.#states.set(tick, state);
    this.#bytes += state.length;
    for (const [oldest] of this.#states) {
      if (this.#bytes <= this.#maxBytes) return;
      this.delete(oldest);
    }
  }

  get(tick: number): Uint8Array<ArrayBuffer> | undefined {
    const state = this.#states.get(tick);
    if (state === undefined) return undefined;
    // What was used last is kept longest.
    this.#states.delete(tick);
    this.#states.set(tick, state);
    return state;
  }

  delete(tick: number): void {
    this.#bytes -= this.#states.get(tick)?.length ?? 0;
    this.#states.delete(tick);
  }

  deleteAfter(tick: number): void {
    for (const known of [...this.#states.keys()]) if (known > tick) this.delete(known);
  }

  clear(): void {
    this.#states.clear();
    this.#bytes = 0;
  }

  /** The latest tick at or before another one; undefined if there is none. */
  latestUpTo(tick: number): number | undefined {
    let latest: number | undefined;
    for (const known of this.#states.keys()) if (known <= tick && known > (latest ?? -1)) latest = known;
    return latest;
  }
}
