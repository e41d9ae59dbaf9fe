/** One event of an event stream. */
export interface SseEvent {
  /** The event's type; `message` when the stream names none. */
  readonly event: string;
  /** The event's `data:` lines, joined by LF. */
  readonly data: string;
  /** The last `id:` seen on the stream up to this event; `undefined` before the first. */
  readonly id: string | undefined;
}

/** Why a decoder gave up. */
export interface SseFailure {
  readonly kind: "event-too-large";
  /** The limit that an event exceeded, in UTF-16 code units. */
  readonly limit: number;
}

/** Options of an `SseDecoder`. */
export interface SseDecoderOptions {
  /** The longest event accepted, in UTF-16 code units of its lines. Default: 67,108,864. */
  readonly maxEventLength?: number;
}

const DEFAULT_MAX_EVENT_LENGTH = 64 * 1024 * 1024;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Decodes an event stream (WHATWG HTML, 9.2.6) from pieces of text, cut anywhere. LF, CR and CRLF end a line; one
 * blank after a field's colon is dropped; comments and unknown fields are ignored; an event is complete at its empty
 * line. An event beyond the size limit ends decoding: see `failure`.
 */
export class SseDecoder {
  readonly #maxEventLength: number;
  #failure: SseFailure | undefined;
  #started = false;
  /** The last piece ended in CR: an LF at the start of the next belongs to the same line end. */
  #skipLineFeed = false;
  #line = "";
  #eventLength = 0;
  #type = "";
  #data: string[] = [];
  #id: string | undefined;

  constructor(options: SseDecoderOptions = {}) {
    this.#maxEventLength = options.maxEventLength ?? DEFAULT_MAX_EVENT_LENGTH;
  }

  /** Set once an event was larger than the limit. From then on nothing more is decoded. */
  get failure(): SseFailure | undefined {
    return this.#failure;
  }

  /** Takes the next piece of the stream and returns the events that it completes, in order. */
  push(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    if (text === "" || this.#failure !== undefined) return events;
    let start = this.#startOf(text);
    let lineFeed = text.indexOf("\n", start);
    let carriageReturn = text.indexOf("\r", start);
    while (lineFeed >= 0 || carriageReturn >= 0) {
      const isCarriageReturn = carriageReturn >= 0 && (lineFeed < 0 || carriageReturn < lineFeed);
      const end = isCarriageReturn ? carriageReturn : lineFeed;
      this.#append(text.slice(start, end));
      if (this.#failure !== undefined) return events;
      this.#endLine(events);
      start = isCarriageReturn && end + 1 === lineFeed ? end + 2 : end + 1;
      this.#skipLineFeed = isCarriageReturn && start === text.length && text.endsWith("\r");
      if (lineFeed >= 0 && lineFeed < start) lineFeed = text.indexOf("\n", start);
      if (carriageReturn >= 0 && carriageReturn < start) carriageReturn = text.indexOf("\r", start);
    }
    this.#append(text.slice(start));
    return events;
  }

  /** Ends the stream. An event without its empty line is discarded; the decoder is ready for another stream. */
  end(): void {
    this.#failure = undefined;
    this.#started = false;
    this.#skipLineFeed = false;
    this.#line = "";
    this.#id = undefined;
    this.#resetEvent();
  }

  /** Where the piece's own text starts: after the LF of a CRLF cut in two, or a byte order mark. */
  #startOf(text: string): number {
    const skip = this.#skipLineFeed
      ? text.startsWith("\n")
      : !this.#started && text.startsWith(BYTE_ORDER_MARK);
    this.#started = true;
    this.#skipLineFeed = false;
    return skip ? 1 : 0;
  }

  #append(text: string): void {
    this.#eventLength += text.length;
    if (this.#eventLength > this.#maxEventLength) {
      this.end();
      this.#failure = { kind: "event-too-large", limit: this.#maxEventLength };
      return;
    }
    this.#line += text;
  }

  #endLine(events: SseEvent[]): void {
    const line = this.#line;
    this.#line = "";
    if (line !== "") {
      this.#readField(line);
      return;
    }
    if (this.#data.length > 0) {
      events.push({ event: this.#type || "message", data: this.#data.join("\n"), id: this.#id });
    }
    this.#resetEvent();
  }

  #readField(line: string): void {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") {
      this.#data.push(value);
      return;
    }
    // Nothing of such a line adds up: a connection kept alive by comments for years stays within the limit.
    this.#eventLength -= line.length;
    if (name === "event") this.#type = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
  }

  #resetEvent(): void {
    this.#eventLength = 0;
    this.#type = "";
    this.#data = [];
  }
}
