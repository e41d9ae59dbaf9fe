/**
 * Cutting a stream's bytes into rows: messages of a JSON stream, lines of text, sixteen bytes of anything else. The
 * bytes come as a server sends them, in pieces cut anywhere.
 */
import { ElementCutter, isJson, isText, joinBytes } from "@perennial/protocol";

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
  return isText(contentType) || LINES.test(contentType) ? "text" : "binary";
}

/** Types that are lines of text although their names do not begin with `text/`. */
const LINES =
  /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq|xml|yaml|toml|csv|javascript|ecmascript|graphql|sql|sh)(?:;|\s|$)|^[^;]*\+(?:json|xml|yaml|json-seq)(?:;|\s|$)/i;

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

/**
 * Cuts arrays of messages, one after another, into messages. What a server stores of a message is its text and one
 * comma; brackets are the answer's.
 */
class MessageCutter implements RowCutter {
  readonly #messages = new ElementCutter();
  #position: number;

  constructor(position: number) {
    this.#position = position;
  }

  push(piece: Uint8Array): Row[] {
    return this.#messages.push(piece).map((bytes) => {
      const position = this.#position;
      this.#position += bytes.length + 1;
      return { position, end: this.#position, bytes };
    });
  }

  rest(): Uint8Array {
    return new Uint8Array(0);
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
    const bytes = this.#rest.length === 0 ? piece : joinBytes([this.#rest, piece]);
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
