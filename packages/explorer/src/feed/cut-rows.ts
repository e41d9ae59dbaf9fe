/**
 * Cutting a stream's bytes into rows: messages of a JSON stream, lines of text, sixteen bytes of anything else. The
 * bytes come as a server sends them, in pieces cut anywhere.
 */
import { isJson, isText } from "@perennial/protocol";

/** One row of a stream. */
export interface Row {
  /** Stored bytes before it. */
  readonly position: number;
  /** Stored bytes up to its end. */
  readonly end: number;
  /** A message's text, a line with its line break, or plain bytes. */
  readonly bytes: Uint8Array;
}

export type RowKind = "json" | "text" | "binary";

/** How a stream of this content type is cut. */
export function rowKind(contentType: string): RowKind {
  if (isJson(contentType)) return "json";
  return isText(contentType) ? "text" : "binary";
}

/** Takes the next bytes and returns the rows that they complete. */
export interface RowCutter {
  push(piece: Uint8Array): Row[];
  /** What has arrived of the row that is not complete. */
  rest(): Uint8Array;
}

/** A cutter for bytes that begin at `position`, which must be where a row begins. */
export function createCutter(kind: RowKind, position: number): RowCutter {
  if (kind === "json") return new MessageCutter(position);
  return new PieceCutter(position, kind === "text" ? endOfLine : endOfBlock);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Cuts arrays of messages, one after another, into messages. What a server stores of a message is its text and one
 * comma; brackets are the answer's.
 */
class MessageCutter implements RowCutter {
  #position: number;
  /** 0 between arrays, 1 between the messages of one. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #pieces: Uint8Array[] = [];

  constructor(position: number) {
    this.#position = position;
  }

  push(piece: Uint8Array): Row[] {
    const rows: Row[] = [];
    let start = 0;
    for (let index = 0; index < piece.length; index++) {
      if (this.#inString) {
        index = this.#skipString(piece, index);
        continue;
      }
      const byte = piece[index]!;
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        if (this.#depth++ === 0) start = index + 1;
      } else if (this.#depth === 1 && (byte === COMMA || byte === CLOSE_ARRAY)) {
        this.#finish(piece.subarray(start, index), rows);
        start = index + 1;
        if (byte === CLOSE_ARRAY) this.#depth = 0;
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.#depth--;
    }
    if (this.#depth > 0 && start < piece.length) this.#pieces.push(piece.slice(start));
    return rows;
  }

  rest(): Uint8Array {
    return new Uint8Array(0);
  }

  #finish(last: Uint8Array, rows: Row[]): void {
    const bytes = joined(this.#pieces, last);
    this.#pieces = [];
    if (bytes.length === 0) return;
    const position = this.#position;
    this.#position += bytes.length + 1;
    rows.push({ position, end: this.#position, bytes });
  }

  /** The index of the string's end, or of the piece's last byte. */
  #skipString(piece: Uint8Array, from: number): number {
    for (let index = from; index < piece.length; index++) {
      if (this.#escaped) this.#escaped = false;
      else if (piece[index] === BACKSLASH) this.#escaped = true;
      else if (piece[index] === QUOTE) {
        this.#inString = false;
        return index;
      }
    }
    return piece.length - 1;
  }
}

/** Finds where the row that begins at `start` ends; -1 when its end has not arrived. */
type FindEnd = (bytes: Uint8Array, start: number) => number;

/** Cuts bytes that are stored as they are sent. */
class PieceCutter implements RowCutter {
  readonly #findEnd: FindEnd;
  #position: number;
  #rest = new Uint8Array(0);

  constructor(position: number, findEnd: FindEnd) {
    this.#position = position;
    this.#findEnd = findEnd;
  }

  push(piece: Uint8Array): Row[] {
    const bytes = this.#rest.length === 0 ? piece : joined([this.#rest], piece);
    const rows: Row[] = [];
    let start = 0;
    for (let end = this.#findEnd(bytes, 0); end >= 0; end = this.#findEnd(bytes, start)) {
      const position = this.#position;
      this.#position += end - start;
      rows.push({ position, end: this.#position, bytes: bytes.slice(start, end) });
      start = end;
    }
    this.#rest = bytes.slice(start);
    return rows;
  }

  rest(): Uint8Array {
    return this.#rest;
  }
}

const LINE_FEED = 0x0a;
/** Lines that are longer are cut, so that a row stays a row. */
const LINE_BYTES = 4096;
const BLOCK_BYTES = 16;

function endOfLine(bytes: Uint8Array, start: number): number {
  const lineFeed = bytes.indexOf(LINE_FEED, start);
  const longest = start + LINE_BYTES;
  if (lineFeed >= 0 && lineFeed < longest) return lineFeed + 1;
  if (bytes.length <= longest) return -1;
  let end = longest;
  // Not within a character: its later bytes are 10xxxxxx.
  while (end > longest - 4 && (bytes[end]! & 0xc0) === 0x80) end--;
  return end;
}

function endOfBlock(bytes: Uint8Array, start: number): number {
  return start + BLOCK_BYTES <= bytes.length ? start + BLOCK_BYTES : -1;
}

/** All pieces and the last one, in bytes of their own. */
function joined(pieces: readonly Uint8Array[], last: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, last.length);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes.set(last, at);
  return bytes;
}
