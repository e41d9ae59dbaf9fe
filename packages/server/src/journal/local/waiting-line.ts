/** Entries that were taken are cleared away in batches. */
const TAKEN_KEPT = 1000;

/** A queue whose cost does not grow with its length. */
export class WaitingLine<Entry> {
  #entries: Entry[] = [];
  /** Those before this one are taken. */
  #next = 0;

  /** The one who has waited longest; undefined: nobody waits. */
  get head(): Entry | undefined {
    return this.#entries[this.#next];
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** Takes the head, of which there must be one. */
  take(): Entry {
    const head = this.#entries[this.#next++]!;
    if (this.#next === this.#entries.length || this.#next === TAKEN_KEPT) {
      this.#entries = this.#entries.slice(this.#next);
      this.#next = 0;
    }
    return head;
  }
}
