/** The body of a request as it arrives. */
import type { StoredBytes } from "../../stream/records.ts";

/** What is set aside at once for a body of unknown length. */
const PART_BYTES = 64 * 1024;

/**
 * Copies the pieces of a body together. A client that sends a byte at a time would otherwise make the server keep a
 * buffer for each, hundreds of times what is counted against it.
 */
export class GatheredBody {
  readonly #full: Uint8Array[] = [];
  #filling: Buffer;
  #filled = 0;
  #byteLength = 0;

  /** @param announced the length that the request announces; its memory is taken up only as bytes arrive */
  constructor(announced: number | undefined) {
    this.#filling = Buffer.allocUnsafe(announced ?? PART_BYTES);
  }

  /** Bytes that have arrived. */
  get byteLength(): number {
    return this.#byteLength;
  }

  add(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; ) {
      if (this.#filled === this.#filling.length) {
        this.#full.push(this.#filling);
        this.#filling = Buffer.allocUnsafe(PART_BYTES);
        this.#filled = 0;
      }
      const fitting = piece.subarray(from, from + this.#filling.length - this.#filled);
      this.#filling.set(fitting, this.#filled);
      this.#filled += fitting.length;
      from += fitting.length;
    }
    this.#byteLength += piece.length;
  }

  /** All that has arrived. */
  bytes(): StoredBytes {
    return {
      parts: [...this.#full, this.#filling.subarray(0, this.#filled)],
      byteLength: this.#byteLength,
    };
  }
}
