const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** An object counts twice, so that depth 1 is inside an outermost array and never in an object. */
const OBJECT_DEPTH = 2;

/**
 * Finds the marks of JSON arrays that arrive in pieces cut anywhere: their own brackets and the commas between their
 * elements. It knows just enough of JSON for that (strings and nesting); whether the text is valid is not asked, and
 * of a text that is not, it finds some marks or none. In UTF-8 no byte of a longer character looks like one of ASCII.
 *
 * ```ts
 * const scanner = new ElementScanner();
 * scanner.nextMark(new TextEncoder().encode('["a,b",2'), 1); // 6, the second comma
 * ```
 */
export class ElementScanner {
  #depth: number;
  #inString = false;
  #escaped = false;

  /** @param inArray whether the bytes begin between two elements, instead of before an array */
  constructor(inArray = false) {
    this.#depth = inArray ? 1 : 0;
  }

  /**
   * Scans a piece from `start`, which is 0 or follows the last mark found in it.
   *
   * @returns the index of the next mark; -1 if the rest of the piece has none, which has been scanned then
   */
  nextMark(piece: Uint8Array, start: number): number {
    const { length } = piece;
    let index = this.#inString ? this.#skipString(piece, start) : start;
    let depth = this.#depth;
    for (; index < length; index++) {
      const byte = piece[index]!;
      if (byte === COMMA) {
        if (depth === 1) return this.#found(index, depth);
      } else if (byte === QUOTE) {
        this.#inString = true;
        index = this.#skipString(piece, index + 1) - 1;
      } else if (byte === OPEN_ARRAY) {
        if (depth++ === 0) return this.#found(index, depth);
      } else if (byte === CLOSE_ARRAY) {
        if (--depth === 0) return this.#found(index, depth);
      } else if (byte === OPEN_OBJECT) depth += OBJECT_DEPTH;
      else if (byte === CLOSE_OBJECT) depth -= OBJECT_DEPTH;
    }
    return this.#found(-1, depth);
  }

  #found(mark: number, depth: number): number {
    this.#depth = depth;
    return mark;
  }

  /** The index after the string, or after the piece. */
  #skipString(piece: Uint8Array, start: number): number {
    let index = start;
    for (; index < piece.length; index++) {
      const byte = piece[index];
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        return index + 1;
      }
    }
    return index;
  }
}
