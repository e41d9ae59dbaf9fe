/** One event of an event stream. */
export interface SseEvent {
  /** The event's type; `message` when the stream names none. */
  readonly event: string;
  /** The event's `data:` lines, joined by LF. */
  readonly data: string;
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
const FIELD = /^(data|event)(?:$|: ?)/;
const LINE_END = /\r\n|\n|\r/;

/**
 * Decodes an event stream (WHATWG HTML, 9.2.6) from pieces of text, cut anywhere. LF, CR and CRLF end a line; one
 * blank after a field's colon is dropped; comments and fields other than `event` and `data` are ignored; an event is
 * complete at its empty line. An event beyond the size limit ends decoding: see `failure`. The text comes from a
 * `TextDecoder`, which drops a byte order mark.
 */
export class SseDecoder {
  readonly #maxEventLength: number;
  #failure: SseFailure | undefined;
  /** The last piece ended in CR: an LF at the start of the next belongs to the same line end. */
  #skipLineFeed = false;
  #line = "";
  #eventLength = 0;
  #type = "";
  #data: string[] = [];

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
    const fresh = this.#skipLineFeed && text.startsWith("\n") ? text.slice(1) : text;
    this.#skipLineFeed = text.endsWith("\r");
    // Hardly any server sends CR, and without it the cheaper way to split will do.
    const pieces = fresh.split(fresh.includes("\r") ? LINE_END : "\n");
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) this.#endLine(events);
      this.#append(piece);
      if (this.#failure !== undefined) break;
    }
    return events;
  }

  #append(piece: string): void {
    this.#line += piece;
    this.#eventLength += piece.length;
    if (this.#eventLength <= this.#maxEventLength) return;
    this.#failure = { kind: "event-too-large", limit: this.#maxEventLength };
  }

  #endLine(events: SseEvent[]): void {
    const line = this.#line;
    this.#line = "";
    if (line !== "") {
      this.#readField(line);
      return;
    }
    if (this.#data.length > 0) events.push({ event: this.#type || "message", data: this.#data.join("\n") });
    this.#resetEvent();
  }

  #readField(line: string): void {
    const [start, name] = FIELD.exec(line) ?? [""];
    const value = line.slice(start.length);
    if (name === "data") {
      this.#data.push(value);
      return;
    }
    // Nothing of such a line adds up: a connection kept alive by comments for years stays within the limit.
    this.#eventLength -= line.length;
    if (name === "event") this.#type = value;
  }

  #resetEvent(): void {
    this.#eventLength = 0;
    this.#type = "";
    this.#data = [];
  }
}
