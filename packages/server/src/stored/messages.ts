/**
 * Finding messages in stored bytes. The stored form of a JSON stream is each message's text followed by one comma
 * (`{"a":1},{"b":2},`), so a message ends at a comma outside strings and brackets. Stored bytes are known to be
 * valid; nothing here checks them again.
 */

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Counts messages in stored bytes that arrive in chunks, cut anywhere, the first one at the start of a message. */
export class MessageScanner {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #count = 0;
  #position = 0;
  #boundary = 0;

  /** How many messages have ended. */
  get count(): number {
    return this.#count;
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.#position;
  }

  /** The position after the last message that ended; 0 before the first. */
  get boundary(): number {
    return this.#boundary;
  }

  /** Whether what has been read ends exactly where a message does, or nothing has been read. */
  get atBoundary(): boolean {
    return this.#position === this.#boundary;
  }

  /**
   * Reads a chunk, but no further than the end of the `maxCount`-th message overall.
   *
   * @returns how many bytes of the chunk were read: all of them, unless that message ended within it
   */
  scan(chunk: Uint8Array, maxCount = Number.POSITIVE_INFINITY): number {
    let index = 0;
    while (index < chunk.length && this.#count < maxCount) {
      if (this.#inString) index = this.#scanString(chunk, index);
      else this.#readStructure(chunk[index]!, ++index);
    }
    this.#position += index;
    return index;
  }

  /** A byte outside strings; `end` is its end, relative to the chunk. */
  #readStructure(byte: number, end: number): void {
    if (byte === QUOTE) {
      this.#inString = true;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#depth++;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      this.#depth--;
    } else if (byte === COMMA && this.#depth === 0) {
      this.#count++;
      this.#boundary = this.#position + end;
    }
  }

  /** Reads to the end of the string, or of the chunk. */
  #scanString(chunk: Uint8Array, start: number): number {
    let index = start;
    for (; index < chunk.length; index++) {
      const byte = chunk[index];
      if (this.#escaped) {
        this.#escaped = false;
      } else if (byte === BACKSLASH) {
        this.#escaped = true;
      } else if (byte === QUOTE) {
        this.#inString = false;
        return index + 1;
      }
    }
    return index;
  }
}

/**
 * Walks over `count` messages from `from`, which must be the start of a message.
 *
 * @returns the position after the last of them, and how many there were: fewer than `count` if the bytes end first
 */
export function skipMessages(
  stored: Uint8Array,
  from: number,
  count: number,
): { readonly position: number; readonly skipped: number } {
  const scanner = new MessageScanner();
  scanner.scan(stored.subarray(from), count);
  return { position: from + scanner.boundary, skipped: scanner.count };
}

/** Whether a message ends (or the first one starts) at `position`, in bytes that start with a message. */
export function isMessageBoundary(stored: Uint8Array, position: number): boolean {
  if (position < 0 || position > stored.length) return false;
  const scanner = new MessageScanner();
  scanner.scan(stored.subarray(0, position));
  return scanner.atBoundary;
}

/** Whole stored messages as one JSON array: in brackets, without the last comma. `[]` when there are none. */
export function wrapStored(stored: Uint8Array): Uint8Array {
  if (stored.length === 0) return Uint8Array.of(OPEN_ARRAY, CLOSE_ARRAY);
  const array = new Uint8Array(stored.length + 1);
  array[0] = OPEN_ARRAY;
  array.set(stored, 1);
  array[stored.length] = CLOSE_ARRAY;
  return array;
}
