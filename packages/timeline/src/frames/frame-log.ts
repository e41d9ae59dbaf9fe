/** A block has so many bytes, or one frame: a stranger says how long frames are, and the first of them must not cost more than all may. */
const BLOCK_BYTES = 65_536;

/** All frames of a timeline so far, in memory. It grows by blocks, so that nothing is copied when it does. */
export class FrameLog {
  readonly frameBytes: number;
  readonly #maxFrames: number;
  readonly #framesABlock: number;
  readonly #blocks: Uint8Array[] = [];
  #length = 0;

  /**
   * @param frameBytes - bytes of a frame
   * @param maxBytes - the most that it holds
   */
  constructor(frameBytes: number, maxBytes: number) {
    this.frameBytes = frameBytes;
    this.#maxFrames = Math.floor(maxBytes / frameBytes);
    this.#framesABlock = Math.max(1, Math.floor(BLOCK_BYTES / frameBytes));
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
    const blockBytes = this.#framesABlock * frameBytes;
    if (this.#length + bytes.length / frameBytes > this.#maxFrames) return false;
    for (let at = 0; at < bytes.length; ) {
      const place = (this.#length % this.#framesABlock) * frameBytes;
      if (place === 0) this.#blocks.push(new Uint8Array(blockBytes));
      const part = bytes.subarray(at, at + blockBytes - place);
      this.#blocks.at(-1)!.set(part, place);
      this.#length += part.length / frameBytes;
      at += part.length;
    }
    return true;
  }

  /** One frame, as a view that nobody writes to. @throws RangeError where there is none */
  at(index: number): Uint8Array {
    if (index < 0 || index >= this.#length) throw new RangeError(`there is no frame ${index}`);
    const start = (index % this.#framesABlock) * this.frameBytes;
    return this.#blocks[Math.floor(index / this.#framesABlock)]!.subarray(start, start + this.frameBytes);
  }
}
