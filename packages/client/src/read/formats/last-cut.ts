const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Finds where a JSON array that is still arriving can be cut between two elements. It knows just enough of JSON for
 * that (strings and nesting); whether the pieces are valid is for `JSON.parse` to say. In UTF-8 no byte of a longer
 * character looks like one of ASCII.
 *
 * @param isInside - whether the bytes begin between two elements, rather than before the array
 * @returns the index of the last comma between elements of the outermost array; -1 if there is none
 */
export function lastCut(json: Uint8Array, isInside: boolean): number {
  let cut = -1;
  let depth = isInside ? 1 : 0;
  for (let index = 0; index < json.length; index++) {
    switch (json[index]) {
      case QUOTE:
        index = endOfString(json, index);
        break;
      case OPEN_BRACE:
        // A page that is one object has no place to cut.
        if (depth === 0) return -1;
        depth++;
        break;
      case OPEN_BRACKET:
        depth++;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
        break;
      case COMMA:
        if (depth === 1) cut = index;
    }
  }
  return cut;
}

/** The index of the quote that ends a string, or of the end of the bytes. */
function endOfString(json: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < json.length && json[index] !== QUOTE) index += json[index] === BACKSLASH ? 2 : 1;
  return index;
}
