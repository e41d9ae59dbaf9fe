/** Chunks that were found intact not long ago, as many as fit a table of fixed size; an older one gives way. */

/** How long a chunk is trusted, seconds. */
const TRUSTED_S = 10;
/** A power of two. Chunks are up to 64 KiB: the table covers a gigabyte that is being read. */
const SLOTS = 16_384;
/** The low and the high halves of id and position, and when it was verified. */
const WORDS = 4;

export class VerifiedChunks {
  readonly #now: () => number;
  readonly #table = new Uint32Array(SLOTS * WORDS);

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param key of a chunk: its kind, the stream's id and the position, big-endian (`keys.ts`) */
  has(key: Uint8Array): boolean {
    const at = slotOf(key);
    const table = this.#table;
    return (
      table[at] === word(key, 5) &&
      table[at + 1] === word(key, 13) &&
      table[at + 2] === highs(key) &&
      this.#seconds() - table[at + 3]! < TRUSTED_S
    );
  }

  add(key: Uint8Array): void {
    const at = slotOf(key);
    this.#table[at] = word(key, 5);
    this.#table[at + 1] = word(key, 13);
    this.#table[at + 2] = highs(key);
    this.#table[at + 3] = this.#seconds();
  }

  /** From a second on that no unused slot is trusted in. */
  #seconds(): number {
    return Math.floor(this.#now() / 1000) + TRUSTED_S;
  }
}

function word(key: Uint8Array, at: number): number {
  return ((key[at]! << 24) | (key[at + 1]! << 16) | (key[at + 2]! << 8) | key[at + 3]!) >>> 0;
}

/** Of both numbers, which are below 2^53, the bits above 32; those of the position are folded in. */
function highs(key: Uint8Array): number {
  return (word(key, 1) ^ (word(key, 9) << 11)) >>> 0;
}

function slotOf(key: Uint8Array): number {
  const mixed = Math.imul(word(key, 5), 0x9e3779b1) ^ Math.imul(word(key, 13) >>> 4, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) & (SLOTS - 1)) * WORDS;
}
