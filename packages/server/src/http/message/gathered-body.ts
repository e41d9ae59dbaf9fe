/** The body of a request as it arrives. */
import { HEADROOM_BYTES, type StoredBytes, withHeadroom } from "../../stream/records.ts";

/** Most of what is set aside at once before anything has arrived: the bodies that are usual come in one part. */
const FIRST_PART_BYTES = 256 * 1024;

/** Least of what is set aside at once: below it, buffers come from a pool that small ones share for long. */
const LEAST_PART_BYTES = 4 * 1024;

/** Announced bodies beyond this length are brought into one piece while they arrive. */
const LONG_BYTES = 1024 * 1024;

/** The share of a long body that has arrived when memory for all of it is set aside. */
const LONG_SHARE = 1 / 16;

/**
 * Copies the pieces of a body together. A client that sends a byte at a time would otherwise make the server keep a
 * buffer for each, hundreds of times what is counted against it. Memory is set aside as bytes arrive, never much more of it
 * than they need: what a client announces costs it nothing. For a long body whose length is announced the whole is set aside
 * once a share of it is there, which takes up what is written only: so no second copy of it is needed later.
 */
export class GatheredBody {
  readonly #announced: number;
  #full: Uint8Array[] = [];
  #isWhole = false;
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
      if (this.#isLongAndComing()) return this.#bringTogether();
    }
    const toCome = this.#announced - this.#byteLength;
    const few = this.#byteLength === 0 && toCome <= FIRST_PART_BYTES ? toCome : this.#byteLength;
    const size = Math.max(few, wanted, LEAST_PART_BYTES);
    this.#filling = Buffer.allocUnsafe(Math.max(Math.min(size, toCome), 1));
    this.#filled = 0;
    return this.#filling;
  }

  #isLongAndComing(): boolean {
    const isLong = this.#announced > LONG_BYTES && this.#announced < Number.POSITIVE_INFINITY;
    return isLong && this.#byteLength >= this.#announced * LONG_SHARE;
  }

  /** What there is goes to the beginning of memory for all of it. */
  #bringTogether(): Buffer {
    const whole = withHeadroom(this.#announced);
    let at = 0;
    for (const part of this.#full) {
      whole.set(part, at);
      at += part.length;
    }
    this.#full = [];
    this.#isWhole = true;
    this.#filling = whole;
    this.#filled = at;
    return whole;
  }

  /** All that has arrived. */
  bytes(): StoredBytes {
    if (this.#isWhole) {
      const whole = this.#filling!.subarray(0, this.#filled);
      return { parts: [whole], byteLength: this.#byteLength, headroom: HEADROOM_BYTES };
    }
    const last = this.#filling?.subarray(0, this.#filled);
    return { parts: last === undefined ? this.#full : [...this.#full, last], byteLength: this.#byteLength };
  }
}
