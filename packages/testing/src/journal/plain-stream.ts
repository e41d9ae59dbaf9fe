/** The bytes of one stream, kept as simply as they can be: one buffer, and where each append began. */
export class PlainStream {
  readonly #start: number;
  readonly #starts: number[];
  #bytes: Uint8Array;

  /** @param start position of the stream's first own byte */
  constructor(start: number, bytes: Uint8Array) {
    this.#start = start;
    this.#starts = [start];
    this.#bytes = bytes;
  }

  append(bytes: Uint8Array): void {
    this.#starts.push(this.#start + this.#bytes.length);
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** A copy of the bytes `[from, to)`; in `memory`, if that is given. */
  read(from: number, to: number, memory?: Uint8Array): Uint8Array {
    const found = this.#bytes.subarray(from - this.#start, to - this.#start);
    if (memory === undefined) return Uint8Array.from(found);
    memory.set(found);
    return memory.subarray(0, found.length);
  }

  /** Where the append begins that holds the byte at `position`; the tail itself at the tail. */
  boundaryBefore(position: number): number {
    if (position >= this.#start + this.#bytes.length) return position;
    return this.#starts.findLast((start) => start <= position)!;
  }
}
