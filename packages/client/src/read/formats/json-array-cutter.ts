const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Finds where a JSON array that is still arriving can be cut between two elements. It knows just enough of JSON for
 * that (strings and nesting); whether the pieces are valid is for `JSON.parse` to say.
 */
export class JsonArrayCutter {
  #depth = 0;
  #inString = false;
  #escaped = false;

  /**
   * Scans `text` from `start` on, which continues what was scanned before.
   *
   * @returns the index of the last comma between elements of the outermost array; -1 if there is none
   */
  lastCut(text: string, start: number): number {
    let cut = -1;
    for (let index = start; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (this.#inString) this.#insideString(code);
      else if (code === QUOTE) this.#inString = true;
      else if (code === OPEN_BRACKET || code === OPEN_BRACE) this.#depth++;
      else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) this.#depth--;
      else if (code === COMMA && this.#depth === 1) cut = index;
    }
    return cut;
  }

  #insideString(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }
}
