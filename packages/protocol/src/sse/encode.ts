import { base64Length, writeBase64 } from "./base64.ts";

/** How a data event carries its payload (section 14.3). */
export type SseEncoding = "text" | "json" | "base64";

/** One data event with the control event that belongs to it. */
export interface SsePair {
  /** Bytes read from the stream; for JSON a whole array, brackets included. Empty: a control event only. */
  readonly payload: Uint8Array;
  readonly encoding: SseEncoding;
  /** The offset token after the payload. */
  readonly nextOffset: string;
  /** The live cursor, in decimal digits. Not sent when `closed`. */
  readonly cursor: string | undefined;
  /** Whether the pair reaches the tail. */
  readonly upToDate: boolean;
  /** Whether the stream is closed and the pair reaches its end. */
  readonly closed: boolean;
}

/** A comment with its empty line: keeps an idle connection alive and is ignored by every reader. */
export const sseHeartbeat = ":\n\n";

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const textEncoder = new TextEncoder();
const DATA_FIELD = textEncoder.encode("data:");
const DATA_EVENT = textEncoder.encode("event: data\ndata:");

/**
 * Encodes a data event and its control event as the bytes of one write (section 14.2: LF only, no blank after
 * `data:`). The data event's last line, or the control event's when there is no payload, is an `id:` with the
 * offset, by which an `EventSource` resumes. No payload can end its event or form a field: each of its lines, where
 * CRLF, CR and LF all end a line, becomes a `data:` line of its own.
 */
export function encodeSseEvents(pair: SsePair): Uint8Array {
  const { payload, encoding } = pair;
  if (payload.length === 0) {
    return textEncoder.encode(`event: control\ndata:${controlData(pair)}\nid:${pair.nextOffset}\n\n`);
  }
  const rest = `\nid:${pair.nextOffset}\n\nevent: control\ndata:${controlData(pair)}\n\n`;
  if (encoding === "base64") {
    return frame(base64Length(payload.length), rest, (target, at) => writeBase64(payload, target, at));
  }
  if (payload[0] !== BLANK && payload.indexOf(LF) < 0 && payload.indexOf(CR) < 0) {
    return frame(payload.length, rest, (target, at) => {
      target.set(payload, at);
      return at + payload.length;
    });
  }
  return frame(linesLength(payload), rest, (target, at) => writeLines(payload, target, at));
}

function controlData({ nextOffset, cursor, upToDate, closed }: SsePair): string {
  const cursorMember = cursor === undefined || closed ? "" : `,"streamCursor":"${cursor}"`;
  const upToDateMember = upToDate ? ',"upToDate":true' : "";
  const closedMember = closed ? ',"streamClosed":true' : "";
  return `{"streamNextOffset":"${nextOffset}"${cursorMember}${upToDateMember}${closedMember}}`;
}

/** A buffer of exactly the pair's size: the data event's head, `bodyLength` bytes by `writeBody`, and `rest` (ASCII). */
function frame(
  bodyLength: number,
  rest: string,
  writeBody: (target: Uint8Array, at: number) => number,
): Uint8Array {
  const target = new Uint8Array(DATA_EVENT.length + bodyLength + rest.length);
  target.set(DATA_EVENT);
  let at = writeBody(target, DATA_EVENT.length);
  for (let index = 0; index < rest.length; index++) target[at++] = rest.charCodeAt(index);
  return target;
}

/** The length of what `writeLines` writes. */
function linesLength(payload: Uint8Array): number {
  let length = payload.length + (payload[0] === BLANK ? 1 : 0);
  for (let index = 0; index < payload.length; index++) {
    const byte = payload[index]!;
    if (byte !== LF && byte !== CR) continue;
    const next = payload[index + 1];
    if (byte === CR && next === LF) length--;
    else length += DATA_FIELD.length + (next === BLANK ? 1 : 0);
  }
  return length;
}

/**
 * Writes the payload with LF and `data:` in place of each line break. Readers drop one blank after `data:`, so a line
 * that starts with a blank gets another one before it.
 */
function writeLines(payload: Uint8Array, target: Uint8Array, offset: number): number {
  let at = offset;
  if (payload[0] === BLANK) target[at++] = BLANK;
  for (let index = 0; index < payload.length; index++) {
    const byte = payload[index]!;
    if (byte !== LF && byte !== CR) {
      target[at++] = byte;
      continue;
    }
    const next = payload[index + 1];
    if (byte === CR && next === LF) continue;
    target[at++] = LF;
    target.set(DATA_FIELD, at);
    at += DATA_FIELD.length;
    if (next === BLANK) target[at++] = BLANK;
  }
  return at;
}
