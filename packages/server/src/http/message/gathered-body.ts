/** The body of a request as it arrives. */
import type { StoredBytes } from "../../stream/records.ts";

/** Most of what is set aside at once before anything has arrived: the bodies that are usual come in one part. */
const FIRST_PART_BYTES = 256 * 1024;

/** Least of what is set aside at once: below it, buffers come from a pool that small ones share for long. */
const LEAST_PART_BYTES = 4 * 1024;

/**
 * Copies the pieces of a body together. A client that sends a byte at a time would otherwise make the server keep a
 * buffer for each, hundreds of times what is counted against it. Memory is set aside as bytes arrive, never much more of it
 * than they need: what a client announces costs it nothing.
 */
export class GatheredBody {
  readonly #announced: number;
  readonly #full: Uint8Array[] = [];
  #filling: Buffer | undefined;
  #filled = 0;
  #byteLength = 0;

  /** @param announced the length that the request announces, if it does */
  constructor(announced: number | undefined) {
    this.#announced = announced ?? Number.POSITIVE_INFINITY;
  }

  /** Bytes that have arrived. */
  get byteLength(): number {
    return this.#byteLength;
  }

  add(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; ) {
      const part = this.#partWithRoom(piece.length - from);
      const fitting = piece.subarray(from, from + part.length - this.#filled);
      part.set(fitting, this.#filled);
      this.#filled += fitting.length;
      this.#byteLength += fitting.length;
      from += fitting.length;
    }
  }

  #partWithRoom(wanted: number): Buffer {
    if (this.#filling !== undefined) {
      if (this.#filled < this.#filling.length) return this.#filling;
      this.#full.push(this.#filling);
    }
    const toCome = this.#announced - this.#byteLength;
    const few = this.#byteLength === 0 && toCome <= FIRST_PART_BYTES ? toCome : this.#byteLength;
    const size = Math.max(few, wanted, LEAST_PART_BYTES);
    this.#filling = Buffer.allocUnsafe(Math.max(Math.min(size, toCome), 1));
    this.#filled = 0;
    return this.#filling;
  }

  /** All that has arrived. */
  bytes(): StoredBytes {
    const last = this.#filling?.subarray(0, this.#filled);
    return { parts: last === undefined ? this.#full : [...this.#full, last], byteLength: this.#byteLength };
  }
}
