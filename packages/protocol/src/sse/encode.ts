import { base64Length, writeBase64 } from "./base64.ts";
import { linesLength, writeLines } from "./lines.ts";

/** How a data event carries its payload (protocol §14.3). */
export type SseEncoding = "text" | "json" | "base64";

/** What a control event says. */
export interface SseControl {
  /** The offset token after what was sent. */
  readonly nextOffset: string;
  /** The live cursor, in decimal digits. Not sent when `closed`. */
  readonly cursor: string | undefined;
  /** Whether that is the tail. */
  readonly upToDate: boolean;
  /** Whether the stream is closed and that is its end. */
  readonly closed: boolean;
}

/** One data event with the control event that belongs to it. */
export interface SsePair extends SseControl {
  /** Bytes read from the stream; for JSON a whole array, brackets included. Empty: a control event only. */
  readonly payload: Uint8Array;
  readonly encoding: SseEncoding;
}

/** A comment with its empty line: keeps an idle connection alive and is ignored by every reader. */
export const sseHeartbeat = ":\n\n";

const textEncoder = new TextEncoder();
const DATA_EVENT = textEncoder.encode("event: data\ndata:");

/**
 * Encodes a data event and its control event as the bytes of one write (protocol §14.2: LF only, no blank after
 * `data:`). The data event's last line, or the control event's when there is no payload, is an `id:` with the
 * offset, by which an `EventSource` resumes. No payload can end its event or form a field: each of its lines, where
 * CRLF, CR and LF all end a line, becomes a `data:` line of its own.
 */
export function encodeSseEvents(pair: SsePair): Uint8Array {
  const { payload, encoding, nextOffset } = pair;
  if (payload.length === 0)
    return encodeAscii(`event: control\ndata:${controlData(pair)}\nid:${nextOffset}\n\n`);
  const bodyLength = encoding === "base64" ? base64Length(payload.length) : linesLength(payload);
  const rest = `${endOfData(nextOffset)}${controlEvent(pair)}`;
  const target = new Uint8Array(DATA_EVENT.length + bodyLength + rest.length);
  target.set(DATA_EVENT);
  if (encoding === "base64") writeBase64(payload, target, DATA_EVENT.length);
  else if (bodyLength === payload.length) target.set(payload, DATA_EVENT.length);
  else writeLines(payload, target, DATA_EVENT.length);
  textEncoder.encodeInto(rest, target.subarray(DATA_EVENT.length + bodyLength));
  return target;
}

/** The control event of a pair alone, as it stands at its end. Only for pairs with a payload. */
export function encodeSseControl(control: SseControl): Uint8Array {
  return encodeAscii(controlEvent(control));
}

/** A data event of text or JSON whose payload comes in pieces: what is before them. */
export const sseDataStart: Uint8Array = DATA_EVENT;

/**
 * A piece of the payload, which may be cut anywhere but between CR and LF. What is returned may be the piece itself.
 *
 * @param startsLine whether the piece is the first one, or the one before it ended in a line break
 */
export function encodeSsePiece(piece: Uint8Array, startsLine: boolean): Uint8Array {
  const length = linesLength(piece, !startsLine);
  if (length === piece.length) return piece;
  const lines = new Uint8Array(length);
  writeLines(piece, lines, 0, !startsLine);
  return lines;
}

/** What comes after the pieces, with the control event. */
export function encodeSseDataEnd(control: SseControl): Uint8Array {
  return encodeAscii(`${endOfData(control.nextOffset)}${controlEvent(control)}`);
}

function endOfData(nextOffset: string): string {
  return `\nid:${nextOffset}\n\n`;
}

function controlEvent(control: SseControl): string {
  return `event: control\ndata:${controlData(control)}\n\n`;
}

function controlData({ nextOffset, cursor, upToDate, closed }: SseControl): string {
  const cursorMember = cursor === undefined || closed ? "" : `,"streamCursor":"${cursor}"`;
  const upToDateMember = upToDate ? ',"upToDate":true' : "";
  const closedMember = closed ? ',"streamClosed":true' : "";
  return `{"streamNextOffset":"${nextOffset}"${cursorMember}${upToDateMember}${closedMember}}`;
}

/** `TextEncoder.encode` for ASCII, at half its price. */
function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  textEncoder.encodeInto(text, bytes);
  return bytes;
}
