const BOUNDARY = /[\s.,;:!?–—]/;
/** Characters without a boundary that are held back at most, and how many of them then go. */
const MAX_HELD = 96;
const RELEASED = 72;

/** Holds back the last, unfinished word of a text that comes in pieces, so that people see words appear and not halves of them. */
export class WordBuffer {
  #held = "";

  /** What may be shown now. */
  push(text: string): string {
    const all = this.#held + text;
    let end = all.length;
    while (end > 0 && !BOUNDARY.test(all[end - 1]!)) end--;
    if (all.length - end >= MAX_HELD) end += RELEASED;
    this.#held = all.slice(end);
    return all.slice(0, end);
  }

  /** The rest. */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }
}
