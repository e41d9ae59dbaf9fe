const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** What a bracket does to the depth. Braces count twice: depth 1 is inside the outermost array, not in an object. */
const STEPS: Readonly<Record<number, number>> = { 91: 1, 93: -1, 123: 2, 125: -2 };

/**
 * Finds where a JSON array that is still arriving can be cut between two elements. It knows just enough of JSON for
 * that (strings and nesting); whether the pieces are valid is for `JSON.parse` to say. In UTF-8 no byte of a longer
 * character looks like one of ASCII.
 *
 * The protocol's `ElementScanner` finds the same and goes on across pieces. With it, `stream()` would be 127 bytes larger,
 * and with a slower one, as short as we could make it, 51. So this one is apart, and a test holds the two together.
 *
 * @param depth - 1 if the bytes begin between two elements, 0 if before the array
 * @returns the index of the last comma between elements of the outermost array; -1 if there is none
 */
export function lastCut(json: Uint8Array, depth: number): number {
  let cut = -1;
  let isString = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index] as number;
    if (byte === QUOTE) isString = !isString;
    // Only in strings: what it escapes, a quote perhaps, is passed over.
    else if (byte === BACKSLASH) index++;
    else if (isString) continue;
    else if (byte === COMMA && depth === 1) cut = index;
    else depth += STEPS[byte] ?? 0;
  }
  return cut;
}
