import { joinBytes } from "../bytes.ts";
import { ElementScanner } from "./element-scanner.ts";

const CLOSE_ARRAY = 0x5d;
const BLANK = 0x20;

/**
 * Cuts JSON arrays, one after another and in pieces cut anywhere, into the texts of their elements. Each is as it was
 * sent, without the white space around it: big numbers, duplicate keys and spelling come out unchanged. Texts are not
 * checked: of one that is not JSON, and of a value that is no array, comes anything or nothing. Holds one element,
 * however long.
 *
 * ```ts
 * const cutter = new ElementCutter();
 * cutter.push(new TextEncoder().encode('[1.0, "a,')); // 1.0
 * cutter.push(new TextEncoder().encode('b"]')); // "a,b"
 * ```
 */
export class ElementCutter {
  readonly #scanner = new ElementScanner();
  #inArray = false;
  /** The beginning of an element whose end has not arrived. */
  #held: Uint8Array[] = [];

  /** Takes the next piece and returns the elements that it completes, in bytes that belong to the caller. */
  push(piece: Uint8Array): Uint8Array<ArrayBuffer>[] {
    const elements: Uint8Array<ArrayBuffer>[] = [];
    let start = 0;
    for (
      let mark = this.#scanner.nextMark(piece, 0);
      mark >= 0;
      mark = this.#scanner.nextMark(piece, start)
    ) {
      if (this.#inArray) this.#finish(piece.subarray(start, mark), elements);
      // After a comma, too: that there was an opening bracket is not certain in a text that is not JSON.
      this.#inArray = piece[mark] !== CLOSE_ARRAY;
      start = mark + 1;
    }
    if (this.#inArray && start < piece.length) this.#held.push(piece.slice(start));
    return elements;
  }

  #finish(last: Uint8Array, elements: Uint8Array<ArrayBuffer>[]): void {
    const element =
      this.#held.length === 0 ? trimmed(last).slice() : trimmed(joinBytes([...this.#held, last]));
    this.#held = [];
    if (element.length > 0) elements.push(element);
  }
}

/** Without white space around it. */
function trimmed<Buffer extends ArrayBufferLike>(text: Uint8Array<Buffer>): Uint8Array<Buffer> {
  let start = 0;
  let end = text.length;
  while (start < end && text[start]! <= BLANK) start += 1;
  while (end > start && text[end - 1]! <= BLANK) end -= 1;
  return text.subarray(start, end);
}
