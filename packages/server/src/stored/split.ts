import { explainFailure } from "./failure.ts";
import { byteAt, scanValue, skipBlank, unexpected } from "./scan-value.ts";

/** The messages of a JSON body in their stored form, or why the body is refused. */
export type JsonFraming =
  | {
      readonly ok: true;
      /** How many messages the body holds; 0 for `[]`. */
      readonly count: number;
      /**
       * The stored form, in pieces to be joined: each message's own text followed by one comma. The pieces may be
       * views of the body; nobody may write to them.
       */
      readonly parts: readonly Uint8Array[];
      /** The length of all parts together. */
      readonly byteLength: number;
    }
  | {
      readonly ok: false;
      /** One sentence for people. */
      readonly message: string;
      /** The byte of the body at which it stops being acceptable. */
      readonly position: number;
    };

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA_PART = Uint8Array.of(COMMA);
const NO_MESSAGES: JsonFraming = { ok: true, count: 0, parts: [], byteLength: 0 };

/**
 * Splits a body in JSON mode into its messages (protocol §11): the elements of a top-level array, else the one value.
 * Each keeps its text byte for byte; only white space around it goes. Refused is what is not one JSON text in valid
 * UTF-8 (a byte order mark included) or nests deeper than `JSON_MAX_DEPTH` within a message.
 */
export function splitJsonMessages(body: Uint8Array): JsonFraming {
  const start = skipBlank(body, 0);
  if (byteAt(body, start) === OPEN_ARRAY) return splitArray(body, start);
  const end = scanValue(body, start);
  if (end < 0) return refuse(end);
  const rest = skipBlank(body, end);
  if (rest < body.length) return refuse(unexpected(body, rest));
  return { ok: true, count: 1, parts: [body.subarray(start, end), COMMA_PART], byteLength: end - start + 1 };
}

function splitArray(body: Uint8Array, start: number): JsonFraming {
  const first = skipBlank(body, start + 1);
  if (byteAt(body, first) === CLOSE_ARRAY) return endOfBody(body, first + 1, NO_MESSAGES);
  const text = new MessageText(body, first);
  for (let index = first, count = 1; ; count++) {
    const end = scanValue(body, index);
    if (end < 0) return refuse(end);
    const separator = skipBlank(body, end);
    const byte = byteAt(body, separator);
    if (byte === CLOSE_ARRAY) return endOfBody(body, separator + 1, text.finish(end, count));
    if (byte !== COMMA) return refuse(unexpected(body, separator));
    index = skipBlank(body, separator + 1);
    if (index !== end + 1) text.cut(end, index);
  }
}

function endOfBody(body: Uint8Array, end: number, framing: JsonFraming): JsonFraming {
  const rest = skipBlank(body, end);
  return rest < body.length ? refuse(unexpected(body, rest)) : framing;
}

function refuse(code: number): JsonFraming {
  return { ok: false, ...explainFailure(code) };
}

/**
 * The stored form of an array's elements as it grows. As long as single commas separate them it is a view of the
 * body. From the first white space between two elements on it is a copy, closed up in place.
 */
class MessageText {
  readonly #body: Uint8Array;
  #copy: Uint8Array | undefined;
  #copyLength = 0;
  /** Where the text starts that is not in the copy yet. */
  #runStart: number;

  constructor(body: Uint8Array, start: number) {
    this.#body = body;
    this.#runStart = start;
  }

  /** Leaves out what lies between an element's end and the start of the next, but for one comma. */
  cut(end: number, next: number): void {
    this.#copy ??= this.#body.slice();
    // The copy's text moves towards its start only, so a run is never overwritten before it has moved.
    this.#copy.copyWithin(this.#copyLength, this.#runStart, end);
    this.#copyLength += end - this.#runStart;
    this.#copy[this.#copyLength++] = COMMA;
    this.#runStart = next;
  }

  /** The stored form, given the end of the last element. */
  finish(end: number, count: number): JsonFraming {
    if (this.#copy === undefined) {
      const parts = [this.#body.subarray(this.#runStart, end), COMMA_PART];
      return { ok: true, count, parts, byteLength: end - this.#runStart + 1 };
    }
    this.cut(end, end);
    return {
      ok: true,
      count,
      parts: [this.#copy.subarray(0, this.#copyLength)],
      byteLength: this.#copyLength,
    };
  }
}
