/** One event of an event stream. */
export interface SseEvent {
  /** The event's type; `message` when the stream names none. */
  readonly event: string;
  /** The event's `data:` lines, joined by LF. */
  readonly data: string;
}

/** Decodes one event stream. */
export interface SseDecoder {
  /**
   * Takes the next piece of the stream and returns the events that it completes, in order; nothing more once an event
   * was too large.
   */
  push(text: string): SseEvent[];
  /** Whether an event was larger than the limit. */
  readonly isTooLarge: boolean;
}

const DEFAULT_MAX_EVENT_LENGTH = 64 * 1024 * 1024;
const FIELD = /^(data|event)(?:$|: ?)(.*)/s;
const LINE_END = /\r\n|\n|\r/;

/**
 * A decoder of an event stream (WHATWG HTML, 9.2.6) that comes in pieces of text, cut anywhere. LF, CR and CRLF end a
 * line; one blank after a field's colon is dropped; comments and fields other than `event` and `data` are ignored; an
 * event is complete at its empty line. The text comes from a `TextDecoder`, which drops a byte order mark.
 *
 * @param maxEventLength - the longest event accepted, in UTF-16 code units of its lines
 */
export function sseDecoder(maxEventLength = DEFAULT_MAX_EVENT_LENGTH): SseDecoder {
  /** The last piece ended in CR: an LF at the start of the next belongs to the same line end. */
  let skipLineFeed = false;
  let line = "";
  let eventLength = 0;
  let type = "";
  let data: string[] = [];

  const endLine = (events: SseEvent[]) => {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    if (line === "") {
      if (data.length > 0) events.push({ event: type || "message", data: data.join("\n") });
      eventLength = 0;
      type = "";
      data = [];
    } else if (name === "data") data.push(value);
    else {
      // Nothing of such a line adds up: a connection kept alive by comments for years stays within the limit.
      eventLength -= line.length;
      if (name === "event") type = value;
    }
    line = "";
  };

  return {
    push(text) {
      const events: SseEvent[] = [];
      const fresh = skipLineFeed && text.startsWith("\n") ? text.slice(1) : text;
      if (text !== "") skipLineFeed = text.endsWith("\r");
      // Hardly any server sends CR, and without it the cheaper way to split will do.
      for (const [index, piece] of fresh.split(fresh.includes("\r") ? LINE_END : "\n").entries()) {
        if (eventLength > maxEventLength) break;
        if (index > 0) endLine(events);
        line += piece;
        eventLength += piece.length;
      }
      return events;
    },
    get isTooLarge() {
      return eventLength > maxEventLength;
    },
  };
}
