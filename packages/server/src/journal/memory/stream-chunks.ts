/**
 * The bytes of one stream in memory: chunks that double in size as the stream grows, so that a short stream
 * costs little and a long one few objects. An append is never split over two chunks: each chunk begins where an
 * append begins, and knows where others do.
 */

const FIRST_CHUNK_BYTES = 512;
const LARGEST_CHUNK_BYTES = 64 * 1024;

interface Chunk {
  /** Position in the stream of the chunk's first byte. */
  readonly start: number;
  readonly bytes: Uint8Array;
  length: number;
  /** Where appends after the first begin, from the chunk's first byte: as many as `appends`. */
  starts: Uint16Array;
  appends: number;
}

const NO_STARTS = new Uint16Array();

export class StreamChunks {
  readonly #start: number;
  readonly #chunks: Chunk[] = [];
  #tail: number;

  /** @param start position of the stream's first own byte */
  constructor(start: number) {
    this.#start = start;
    this.#tail = start;
  }

  get byteLength(): number {
    return this.#tail - this.#start;
  }

  /** Copies the parts to the end of the stream. */
  append(parts: readonly Uint8Array[], byteLength: number): void {
    if (byteLength === 0) return;
    const chunk = this.#roomFor(byteLength);
    if (chunk.length > 0) noteStart(chunk);
    for (const part of parts) {
      chunk.bytes.set(part, chunk.length);
      chunk.length += part.length;
    }
    this.#tail += byteLength;
  }

  #roomFor(byteLength: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.bytes.length - last.length >= byteLength) return last;
    const doubled = last === undefined ? FIRST_CHUNK_BYTES : last.bytes.length * 2;
    const size = Math.max(byteLength, Math.min(doubled, LARGEST_CHUNK_BYTES));
    const chunk = {
      start: this.#tail,
      bytes: Buffer.allocUnsafeSlow(size),
      length: 0,
      starts: NO_STARTS,
      appends: 0,
    };
    this.#chunks.push(chunk);
    return chunk;
  }

  /** A copy of the bytes from `from` on: at least one, at most up to `to`; in `memory`, if that is given. */
  read(from: number, to: number, memory?: Uint8Array): Uint8Array {
    let index = this.#indexOf(from);
    const copy = memory?.subarray(0, to - from) ?? Buffer.allocUnsafe(to - from);
    let copied = 0;
    while (copied < copy.length) {
      const chunk = this.#chunks[index++]!;
      const begin = from + copied - chunk.start;
      const piece = chunk.bytes.subarray(begin, Math.min(chunk.length, begin + copy.length - copied));
      copy.set(piece, copied);
      copied += piece.length;
    }
    return copy;
  }

  /** Where the append begins that holds the byte at `position`; the tail itself at the tail. */
  boundaryBefore(position: number): number {
    if (position >= this.#tail) return this.#tail;
    const { start, starts, appends } = this.#chunks[this.#indexOf(position)]!;
    let low = 0;
    let high = appends;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (start + starts[middle]! <= position) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? start : start + starts[low - 1]!;
  }

  /** The chunk that holds the byte at `position`, by binary search. */
  #indexOf(position: number): number {
    if (position < this.#start || position >= this.#tail) {
      throw new RangeError(`position ${position} is outside [${this.#start}, ${this.#tail})`);
    }
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#chunks[middle]!.start <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Takes note that an append begins at the chunk's end. Chunks of several appends are at most 64 KiB long. */
function noteStart(chunk: Chunk): void {
  if (chunk.appends === chunk.starts.length) {
    const grown = new Uint16Array(Math.max(4, chunk.appends * 2));
    grown.set(chunk.starts);
    chunk.starts = grown;
  }
  chunk.starts[chunk.appends++] = chunk.length;
}
