import { ok, type Result, reject } from "@perennial/protocol";
import { explainFailure, type FailedScan, failure, PAUSED, TOO_LONG } from "./failure.ts";
import { byteAt, ScanPause, scanValue, skipBlank, unexpected } from "./scan-value.ts";

/** The messages of a JSON body in their stored form. */
interface JsonMessages {
  /** How many there are; 0 for `[]`. */
  readonly count: number;
  /**
   * The stored form, in pieces to be joined: each message's own text followed by one comma. The pieces may be
   * views of the body; nobody may write to them.
   */
  readonly parts: readonly Uint8Array[];
  /** The length of all parts together. */
  readonly byteLength: number;
  /** So many bytes before the only part, in the same memory, are free to be overwritten. Default 0. */
  readonly headroom?: number;
}

/** The messages, or why the body is refused. */
export type JsonFraming = Result<JsonMessages, FailedScan>;

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA_PART = Uint8Array.of(COMMA);
const NO_MESSAGES: JsonFraming = ok({ count: 0, parts: [], byteLength: 0 });

/**
 * Splits a body in JSON mode into its messages (protocol §11): the elements of a top-level array, else the one value.
 * Each keeps its text byte for byte; only white space around it goes. Refused is what is not one JSON text in valid
 * UTF-8 (a byte order mark included) or nests deeper than `JSON_MAX_DEPTH` within a message.
 *
 * The check finds where elements end on its way. The protocol's `ElementScanner`, which finds them in texts that are
 * known to be JSON, would be a second pass over each body, as long as the first (about 1 ns a byte each).
 */
export function splitJsonMessages(body: Uint8Array): JsonFraming {
  return new JsonSplitter(body).step(undefined)!;
}

/**
 * The same in steps of about `stepBytes`, so that others can be served between them. Only white space and digits are
 * passed over in one go, however many: a nanosecond each.
 *
 * @param messageBytes the most bytes of one message
 * @param headroom unless it is 0, the body's memory, and so many bytes before it, may be overwritten: no copy is made
 */
export function* splitInSteps(
  body: Uint8Array,
  stepBytes: number,
  messageBytes: number,
  headroom = 0,
): Generator<void, JsonFraming> {
  const splitter = new JsonSplitter(body, messageBytes, headroom);
  const pause = new ScanPause();
  for (;;) {
    pause.until += stepBytes;
    const framing = splitter.step(pause);
    if (framing !== undefined) return framing;
    yield;
  }
}

/** Walks over a body from message to message. */
class JsonSplitter {
  readonly #body: Uint8Array;
  readonly #messageBytes: number;
  readonly #isArray: boolean;
  readonly #isEmpty: boolean;
  readonly #text: MessageText;
  /** Where the message under way begins. */
  #start: number;
  #count = 1;

  constructor(body: Uint8Array, messageBytes = Number.POSITIVE_INFINITY, headroom = 0) {
    const start = skipBlank(body, 0);
    this.#body = body;
    this.#messageBytes = messageBytes;
    this.#isArray = byteAt(body, start) === OPEN_ARRAY;
    this.#start = this.#isArray ? skipBlank(body, start + 1) : start;
    this.#isEmpty = this.#isArray && byteAt(body, this.#start) === CLOSE_ARRAY;
    this.#text = new MessageText(body, this.#start, headroom);
  }

  /** Goes on to the end, or to a pause: undefined. */
  step(pause: ScanPause | undefined): JsonFraming | undefined {
    const body = this.#body;
    const messageBytes = this.#messageBytes;
    let start = this.#start;
    if (this.#isEmpty) return this.#endOfBody(start + 1, start, 0);
    for (let count = this.#count; ; count++) {
      const end = scanValue(body, start, pause);
      if (end < 0) {
        if (end !== PAUSED) return refuse(end);
        if (pause!.index - start > messageBytes) return refuse(failure(TOO_LONG, start));
        this.#start = start;
        this.#count = count;
        return undefined;
      }
      if (end - start > messageBytes) return refuse(failure(TOO_LONG, start));
      if (!this.#isArray) return this.#endOfBody(end, end, count);
      const separator = skipBlank(body, end);
      const byte = byteAt(body, separator);
      if (byte === CLOSE_ARRAY) return this.#endOfBody(separator + 1, end, count);
      if (byte !== COMMA) return refuse(unexpected(body, separator));
      start = skipBlank(body, separator + 1);
      if (start !== end + 1) this.#text.cut(end, start);
    }
  }

  /** @param lastEnd where the last of the `count` messages ends */
  #endOfBody(end: number, lastEnd: number, count: number): JsonFraming {
    const rest = skipBlank(this.#body, end);
    if (rest < this.#body.length) return refuse(unexpected(this.#body, rest));
    return count === 0 ? NO_MESSAGES : this.#text.finish(lastEnd, count);
  }
}

function refuse(code: number): JsonFraming {
  return reject(explainFailure(code));
}

/**
 * The stored form of an array's elements as it grows. As long as single commas separate them it is a view of the
 * body. From the first white space between two elements on it is a copy, or is moved together in the body's own memory.
 */
class MessageText {
  readonly #body: Uint8Array;
  readonly #headroom: number;
  #copy: Uint8Array | undefined;
  #copyLength = 0;
  /** Where the text starts that is not in the copy yet. */
  #runStart: number;

  /** @param headroom 0: the body must not be overwritten */
  constructor(body: Uint8Array, start: number, headroom: number) {
    this.#body = body;
    this.#runStart = start;
    this.#headroom = headroom;
  }

  /** Leaves out what lies between an element's end and the start of the next, but for one comma. */
  cut(end: number, next: number): void {
    // Each comma in it stands for one in the body, and the last one for the bracket: so it never overtakes the scan.
    this.#copy ??= this.#headroom > 0 ? this.#body : new Uint8Array(this.#body.length);
    this.#copy.set(this.#body.subarray(this.#runStart, end), this.#copyLength);
    this.#copyLength += end - this.#runStart;
    this.#copy[this.#copyLength++] = COMMA;
    this.#runStart = next;
  }

  /** The stored form, given the end of the last element. The body has been read to its end. */
  finish(end: number, count: number): JsonFraming {
    if (this.#copy === undefined) return this.#view(end, count);
    this.cut(end, end);
    const text = this.#copy.subarray(0, this.#copyLength);
    return ok({ count, parts: [text], byteLength: text.length, headroom: this.#headroom });
  }

  #view(end: number, count: number): JsonFraming {
    const body = this.#body;
    const start = this.#runStart;
    const byteLength = end - start + 1;
    if (this.#headroom === 0 || end === body.length)
      return ok({ count, parts: [body.subarray(start, end), COMMA_PART], byteLength });
    body[end] = COMMA;
    return ok({
      count,
      parts: [body.subarray(start, end + 1)],
      byteLength,
      headroom: this.#headroom + start,
    });
  }
}
