const FRAMES_A_BLOCK = 4_096;

/** All frames of a timeline so far, in memory. It grows by blocks, so that nothing is copied when it does. */
export class FrameLog {
  readonly frameBytes: number;
  readonly #maxFrames: number;
  readonly #blocks: Uint8Array[] = [];
  #length = 0;

  /**
   * @param frameBytes - bytes of a frame
   * @param maxBytes - the most that it holds
   */
  constructor(frameBytes: number, maxBytes: number) {
    this.frameBytes = frameBytes;
    this.#maxFrames = Math.floor(maxBytes / frameBytes);
  }

  /** How many frames there are. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds frames.
   *
   * @param bytes - whole frames
   * @returns whether there was room; nothing is added otherwise
   */
  append(bytes: Uint8Array): boolean {
    const { frameBytes } = this;
    if (this.#length + bytes.length / frameBytes > this.#maxFrames) return false;
    for (let at = 0; at < bytes.length; ) {
      const place = this.#length % FRAMES_A_BLOCK;
      if (place === 0) this.#blocks.push(new Uint8Array(FRAMES_A_BLOCK * frameBytes));
      const part = bytes.subarray(at, at + (FRAMES_A_BLOCK - place) * frameBytes);
      this.#blocks.at(-1)!.set(part, place * frameBytes);
      this.#length += part.length / frameBytes;
      at += part.length;
    }
    return true;
  }

  /** One frame, as a view that nobody writes to. @throws RangeError where there is none */
  at(index: number): Uint8Array {
    if (index < 0 || index >= this.#length) throw new RangeError(`there is no frame ${index}`);
    const start = (index % FRAMES_A_BLOCK) * this.frameBytes;
    return this.#blocks[Math.floor(index / FRAMES_A_BLOCK)]!.subarray(start, start + this.frameBytes);
  }
}
