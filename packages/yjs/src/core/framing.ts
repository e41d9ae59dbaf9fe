/**
 * Framing of updates on the wire: each is its length, as unsigned LEB128, and then that many bytes. Frames follow one
 * another; a snapshot is not framed.
 */

/** The longest update, bytes. A length beyond is taken for damage rather than waited for. */
export const FRAME_BYTES_MAX = 256 * 1024 * 1024;

/** What comes is no frame: its length is beyond `FRAME_BYTES_MAX`. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  /** The updates before it. */
  readonly updates: readonly Uint8Array[];

  constructor(updates: readonly Uint8Array[]) {
    super(`an update cannot be longer than ${FRAME_BYTES_MAX} bytes: the frames are damaged`);
    this.updates = updates;
  }
}

/** Bytes of a frame's length. */
function lengthBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

/** Updates as one body of frames. */
export function encodeFrames(updates: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const total = updates.reduce((sum, { length }) => sum + lengthBytes(length) + length, 0);
  const body = new Uint8Array(total);
  let at = 0;
  for (const update of updates) {
    let rest = update.length;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) body[at++] = (rest % 0x80) | 0x80;
    body[at++] = rest;
    body.set(update, at);
    at += update.length;
  }
  return body;
}

/** Takes bytes as they arrive, cut anywhere, and gives whole updates. */
export class FrameDecoder {
  /** The length as far as it was read, and what its next seven bits count. */
  #length = 0;
  #scale = 1;
  /** Bytes of the present update that are still to come; undefined while its length is read. */
  #missing: number | undefined;
  #parts: Uint8Array[] = [];

  /** Whether it stands between two frames: an offset here is a place to go on from. */
  get isAtBoundary(): boolean {
    return this.#missing === undefined && this.#scale === 1;
  }

  /**
   * The updates that end within these bytes; they may share memory with them.
   *
   * @throws FrameError after which it begins anew with the next bytes
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const updates: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length || this.#missing === 0) {
      if (this.#missing === undefined) {
        if (this.#readLength(bytes[at++]!)) continue;
        this.#reset();
        throw new FrameError(updates);
      }
      const part = bytes.subarray(at, at + this.#missing);
      at += part.length;
      this.#missing -= part.length;
      this.#parts.push(part);
      if (this.#missing === 0) updates.push(this.#finish());
    }
    this.#keepParts();
    return updates;
  }

  /** False for a length that cannot be. */
  #readLength(byte: number): boolean {
    this.#length += (byte & 0x7f) * this.#scale;
    this.#scale *= 0x80;
    if (byte < 0x80) this.#missing = this.#length;
    return this.#length <= FRAME_BYTES_MAX && this.#scale <= 2 ** 42;
  }

  #finish(): Uint8Array {
    const update = this.#parts.length === 1 ? this.#parts[0]! : joined(this.#parts);
    this.#reset();
    return update;
  }

  #reset(): void {
    this.#length = 0;
    this.#scale = 1;
    this.#missing = undefined;
    this.#parts = [];
  }

  /** What was pushed belongs to the caller: a part that waits is copied, once. */
  #keepParts(): void {
    const last = this.#parts.length - 1;
    if (last >= 0) this.#parts[last] = this.#parts[last]!.slice();
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Where so many frames end that begin at `from`, or all that are there if they are fewer.
 *
 * @returns undefined: these are no whole frames
 */
export function endOfFrames(bytes: Uint8Array, from: number, frames: number): number | undefined {
  let at = from;
  for (let seen = 0; seen < frames && at < bytes.length; seen++) {
    let length = 0;
    let scale = 1;
    let byte: number;
    do {
      if (at >= bytes.length || scale > 2 ** 35) return undefined;
      byte = bytes[at++]!;
      length += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    at += length;
  }
  return at <= bytes.length ? at : undefined;
}
