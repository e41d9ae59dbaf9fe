/** Frames between whoever makes them, at a steady pace, and whoever sends them when it can. First in, first out; of one size for ever. */
export class FrameRing {
  readonly frameBytes: number;
  readonly capacity: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #first = 0;
  #length = 0;

  /**
   * @param frameBytes - bytes of a frame
   * @param capacity - the most frames that wait
   */
  constructor(frameBytes: number, capacity: number) {
    this.frameBytes = frameBytes;
    this.capacity = capacity;
    this.#bytes = new Uint8Array(frameBytes * capacity);
  }

  /** How many frames wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds a frame. @returns whether there was room @throws RangeError for a frame of another length */
  push(frame: Uint8Array): boolean {
    if (frame.length !== this.frameBytes)
      throw new RangeError(`a frame has ${this.frameBytes} bytes, not ${frame.length}`);
    if (this.#length === this.capacity) return false;
    this.#bytes.set(frame, ((this.#first + this.#length) % this.capacity) * this.frameBytes);
    this.#length++;
    return true;
  }

  /** Takes the oldest frames out. @param most - default: all of them */
  take(most: number = this.capacity): Uint8Array<ArrayBuffer> {
    const count = Math.min(most, this.#length);
    const taken = new Uint8Array(count * this.frameBytes);
    const untilEnd = Math.min(count, this.capacity - this.#first);
    const start = this.#first * this.frameBytes;
    taken.set(this.#bytes.subarray(start, start + untilEnd * this.frameBytes));
    taken.set(this.#bytes.subarray(0, (count - untilEnd) * this.frameBytes), untilEnd * this.frameBytes);
    this.#first = (this.#first + count) % this.capacity;
    this.#length -= count;
    return taken;
  }
}
