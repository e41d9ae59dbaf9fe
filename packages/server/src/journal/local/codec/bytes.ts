/**
 * Numbers and strings in stored formats: little-endian; a string is its length in bytes (u32) and its UTF-8.
 */

const UTF8_ENCODER = new TextEncoder();
const UTF8_DECODER = new TextDecoder("utf-8", { fatal: true });

/** Bytes with both views that reading and writing need. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A zeroed block of its own memory. A large one takes up memory only as far as it is written. */
export function allocateBlock(size: number): Block {
  return blockOf(Buffer.alloc(size));
}

/** A block over existing bytes. */
export function blockOf(bytes: Uint8Array): Block {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** Reads a number of `[0, 2^53)`. */
export function getU64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}

/** Writes a number of `[0, 2^53)`. */
export function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, value / 0x1_0000_0000, true);
}

/** The most bytes that a string can take. */
export function stringRoom(text: string): number {
  return 4 + text.length * 3;
}

/** Writes one value after another. The caller has made sure that there is room. */
export class ByteWriter {
  #block: Block;
  /** Where the next value goes. */
  at: number;

  constructor(block: Block, at = 0) {
    this.#block = block;
    this.at = at;
  }

  /** Goes on at another place. */
  moveTo(block: Block, at: number): void {
    this.#block = block;
    this.at = at;
  }

  u8(value: number): void {
    this.#block.view.setUint8(this.at, value);
    this.at += 1;
  }

  u16(value: number): void {
    this.#block.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  /** Writes at an earlier place, and goes on where it was. */
  setU16(at: number, value: number): void {
    this.#block.view.setUint16(at, value, true);
  }

  u32(value: number): void {
    this.#block.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  u64(value: number): void {
    setU64(this.#block.view, this.at, value);
    this.at += 8;
  }

  /** Any number at all: moments may lie before 1970. */
  f64(value: number): void {
    this.#block.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  string(text: string): void {
    const { bytes, view } = this.#block;
    const start = this.at + 4;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        this.#unicode(text);
        return;
      }
      bytes[start + index] = code;
    }
    view.setUint32(this.at, text.length, true);
    this.at = start + text.length;
  }

  #unicode(text: string): void {
    const { bytes, view } = this.#block;
    const { written } = UTF8_ENCODER.encodeInto(text, bytes.subarray(this.at + 4));
    view.setUint32(this.at, written, true);
    this.at += 4 + written;
  }

  raw(bytes: Uint8Array): void {
    this.#block.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Fills up to `from` with zeros and goes on after the `count` bytes that lie there already. */
  skip(from: number, count: number): void {
    this.#block.bytes.fill(0, this.at, from);
    this.at = from + count;
  }
}

/** Reads one value after another. Throws a `RangeError` beyond the end, a `TypeError` on malformed UTF-8. */
export class ByteReader {
  readonly #block: Block;
  /** Where the next value is. */
  at: number;

  constructor(block: Block, at = 0) {
    this.#block = block;
    this.at = at;
  }

  u8(): number {
    return this.#block.view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#block.view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#block.view.getUint32(this.#advance(4), true);
  }

  u64(): number {
    return getU64(this.#block.view, this.#advance(8));
  }

  f64(): number {
    return this.#block.view.getFloat64(this.#advance(8), true);
  }

  string(): string {
    return UTF8_DECODER.decode(this.raw(this.u32()));
  }

  /** The next `count` bytes, not copied. */
  raw(count: number): Uint8Array {
    const start = this.#advance(count);
    if (this.at > this.#block.bytes.length) throw new RangeError(`bytes end before ${this.at}`);
    return this.#block.bytes.subarray(start, this.at);
  }

  #advance(count: number): number {
    const start = this.at;
    this.at += count;
    return start;
  }
}
