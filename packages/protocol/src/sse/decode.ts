/** One event of an event stream. */
export interface SseEvent {
  /** The event's type; `message` when the stream names none. */
  readonly event: string;
  /** The event's `data:` lines, joined by LF. */
  readonly data: string;
}

/** Takes the next piece of an event stream and returns the events that it completes, in order. */
export type SseDecoder = (text: string) => SseEvent[];

const FIELD = /^(data|event)(?:$|: ?)(.*)/s;
const LINE_END = /\r\n|\n|\r/;

/**
 * A decoder of one event stream (WHATWG HTML, 9.2.6) that comes in pieces of text, cut anywhere. LF, CR and CRLF end a
 * line; one blank after a field's colon is dropped; comments and fields other than `event` and `data` are ignored; an
 * event is complete at its empty line. The text comes from a `TextDecoder`, which drops a byte order mark.
 *
 * It holds an event until that is complete: whoever reads from strangers bounds what it is given.
 */
export function sseDecoder(): SseDecoder {
  /** The last piece ended in CR: an LF at the start of the next belongs to the same line end. */
  let skipLineFeed = false;
  let line = "";
  let type = "";
  let data: string[] = [];

  const endLine = (events: SseEvent[]) => {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    if (line === "") {
      if (data.length > 0) events.push({ event: type || "message", data: data.join("\n") });
      type = "";
      data = [];
    } else if (name === "data") data.push(value);
    else if (name) type = value;
    line = "";
  };

  return (text) => {
    const events: SseEvent[] = [];
    const fresh = skipLineFeed && text.startsWith("\n") ? text.slice(1) : text;
    if (text) skipLineFeed = text.endsWith("\r");
    // Hardly any server sends CR, and without it the cheaper way to split will do.
    const [first, ...more] = fresh.split(fresh.includes("\r") ? LINE_END : "\n");
    line += first;
    for (const next of more) {
      endLine(events);
      line = next;
    }
    return events;
  };
}
