/**
 * The newest part of the log in memory. A slab is a large block in which frames are built one after another; its
 * used range is, byte for byte, a range of the log, so that the group commit writes it as it stands and reads
 * of what is not yet archived copy from it. No frame spans two slabs.
 */
import { allocateBlock, type Block } from "./codec/bytes.ts";
import { freeMemory } from "./free-memory.ts";

/** Large enough that a batch seldom spans two, small enough that a half-used one costs little. */
export const SLAB_BYTES = 1024 * 1024;

/** Slabs kept for reuse: as many as fit the usual budget. What a burst needed beyond that is given back. */
const POOLED_MAX = 32;

export interface Slab extends Block {
  /** Log position of the first byte. */
  start: number;
  /** Bytes in use, from the first one on. */
  used: number;
  /** What the frames of long records take of them, at least. */
  long: number;
}

export class Slabs {
  /** In order of log position, without gaps between their used ranges; the last one is being filled. */
  readonly #slabs: Slab[] = [];
  readonly #pool: Slab[] = [];
  readonly #slabBytes: number;
  #end: number;
  #heldBytes = 0;
  /** The slab in which the last search ended. */
  #found: Slab | undefined;

  /**
   * @param start log position at which the first frame will lie
   * @param slabBytes size of a slab; a longer frame gets a larger one for itself
   */
  constructor(start: number, slabBytes: number) {
    this.#end = start;
    this.#slabBytes = slabBytes;
  }

  /** The log position after the last frame. */
  get end(): number {
    return this.#end;
  }

  /** Memory in use, pooled slabs not counted. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** What the frames of long records take of the log from `position` on, give or take a slab: never more than they do. */
  longBytesFrom(position: number): number {
    let bytes = 0;
    for (let index = this.#slabs.length - 1; index >= 0; index--) {
      const slab = this.#slabs[index]!;
      if (slab.start < position) break;
      bytes += slab.long;
    }
    return bytes;
  }

  /** The slab into which a frame of up to `room` bytes can be built, at its `used` offset. */
  reserve(room: number): Slab {
    const last = this.#slabs.at(-1);
    if (last !== undefined && last.bytes.length - last.used >= room) return last;
    const slab =
      (room <= this.#slabBytes ? this.#pool.pop() : undefined) ?? newSlab(Math.max(room, this.#slabBytes));
    slab.start = this.#end;
    slab.used = 0;
    slab.long = 0;
    this.#slabs.push(slab);
    this.#heldBytes += slab.bytes.length;
    return slab;
  }

  /** Takes a block for one frame that is to be built in it, at its beginning. */
  adopt(block: Block): Slab {
    const slab = { ...block, start: this.#end, used: 0, long: 0 };
    this.#slabs.push(slab);
    this.#heldBytes += slab.bytes.length;
    return slab;
  }

  /** A frame of `length` bytes was built in the slab that `reserve` gave. @param isLong whether it is of a long record */
  extend(slab: Slab, length: number, isLong = false): void {
    slab.used += length;
    if (isLong) slab.long += length;
    this.#end += length;
  }

  /** The slab that holds a log position; it must lie in `[oldest held, end)`. */
  at(position: number): Slab {
    const found = this.#found;
    if (found !== undefined && position >= found.start && position < found.start + found.used) return found;
    this.#found = this.#slabs[this.#indexOf(position)]!;
    return this.#found;
  }

  #indexOf(position: number): number {
    let low = 0;
    let high = this.#slabs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#slabs[middle]!.start <= position) low = middle;
      else high = middle - 1;
    }
    const slab = this.#slabs[low];
    if (slab === undefined || position < slab.start || position >= slab.start + slab.used) {
      throw new RangeError(`log position ${position} is not in memory`);
    }
    return low;
  }

  /** The bytes of the log range `[from, to)`, not copied. */
  range(from: number, to: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let at = from;
    for (let index = this.#indexOf(from); at < to; index++) {
      const slab = this.#slabs[index]!;
      const stop = Math.min(to, slab.start + slab.used);
      pieces.push(slab.bytes.subarray(at - slab.start, stop - slab.start));
      at = stop;
    }
    return pieces;
  }

  /** Forgets all frames from `position` on, the beginning of one. */
  truncate(position: number): void {
    for (let last = this.#slabs.at(-1); last !== undefined; last = this.#slabs.at(-1)) {
      if (last.start < position) {
        last.used = Math.min(last.used, position - last.start);
        last.long = 0;
        break;
      }
      this.#slabs.pop();
      this.#release(last);
    }
    this.#end = position;
  }

  /** Lets go of what lies before `position`, slab by slab. */
  dropBefore(position: number): void {
    let gone = 0;
    for (; gone < this.#slabs.length - 1; gone++) {
      const slab = this.#slabs[gone]!;
      if (slab.start + slab.used > position) break;
      this.#release(slab);
    }
    this.#slabs.splice(0, gone);
  }

  #release(slab: Slab): void {
    this.#found = undefined;
    this.#heldBytes -= slab.bytes.length;
    const isUsual = slab.bytes.length === this.#slabBytes;
    if (isUsual && this.#pool.length < POOLED_MAX) this.#pool.push(slab);
    else if (!isUsual) freeMemory(slab.bytes.buffer as ArrayBuffer);
  }
}

function newSlab(size: number): Slab {
  return { ...allocateBlock(size), start: 0, used: 0, long: 0 };
}
