/**
 * Finding messages in stored bytes. The stored form of a JSON stream is each message's text followed by one comma
 * (`{"a":1},{"b":2},`), so a message ends at a comma outside strings and brackets. Stored bytes are known to be
 * valid; nothing here checks them again.
 */
import { ElementScanner } from "@perennial/protocol";

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Counts messages in stored bytes that arrive in chunks, cut anywhere, the first one at the start of a message. */
export class MessageScanner {
  readonly #elements = new ElementScanner(true);
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
      const mark = this.#elements.nextMark(chunk, index);
      if (mark < 0) {
        // Out of the loop at once: where the length could be a next start, V8 was seen to scan at half the speed.
        index = chunk.length;
        break;
      }
      index = mark + 1;
      if (chunk[mark] !== COMMA) continue;
      this.#count++;
      this.#boundary = this.#position + index;
    }
    this.#position += index;
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
