/**
 * JSON messages that are too long for one write: a data event in pieces, as fast as its reader takes them. The pieces
 * are shared by all readers that come to them at about the same time, and where the message ends is found once.
 */
import { encodeSseDataEnd, encodeSsePiece, formatOffset, sseDataStart } from "@perennial/protocol";
import { READ_CHUNK_BYTES } from "../journal/contract/index.ts";
import { inSteps, type Reading } from "../shard/reading.ts";
import type { FollowedStream } from "../shard/streams.ts";
import { MessageScanner } from "../stored/messages.ts";
import type { Frame } from "./frame.ts";

/** Messages that are remembered. */
const MESSAGES_MAX = 64;
/** Pieces of one message that are remembered: readers of the same speed are about as far. */
const PIECES_MAX = 4;

const START = Buffer.concat([sseDataStart, Buffer.from("[")]);
const CLOSE_ARRAY = Buffer.from("]");
const LF = 0x0a;
const CR = 0x0d;

export class LongMessages {
  readonly #messages = new Set<LongMessage>();

  /** The first part of the frame of the message that begins at `from`, and that the stream is known to hold. */
  first(stream: FollowedStream, from: number, cursor: number): Frame {
    const message = this.#message(stream, from);
    return { bytes: START, more: () => partAt(message, 0, cursor), end: from, final: false };
  }

  #message(stream: FollowedStream, from: number): LongMessage {
    for (const known of this.#messages) if (known.stream === stream && known.from === from) return known;
    if (this.#messages.size === MESSAGES_MAX) this.#messages.delete(this.#messages.keys().next().value!);
    const message = new LongMessage(stream, from);
    this.#messages.add(message);
    return message;
  }
}

/** The part with the piece that begins at `offset` of the message. */
function* partAt(message: LongMessage, offset: number, cursor: number): Reading<Frame> {
  const { stream, from } = message;
  const { bytes, end, isLast } = yield* message.pieceAt(offset);
  if (!isLast) return { bytes, more: () => partAt(message, end, cursor), end: from, final: false };
  const position = from + end;
  const upToDate = position === stream.tail;
  const final = upToDate && stream.closed;
  const nextOffset = formatOffset(position);
  const control = encodeSseDataEnd({ nextOffset, cursor: String(cursor), upToDate, closed: final });
  return { bytes, control: Buffer.concat([CLOSE_ARRAY, control]), end: position, final };
}

/** A piece of a message, encoded. */
interface Piece {
  readonly bytes: Uint8Array;
  /** The offset after it within the stored message; for the last one that is after its comma. */
  readonly end: number;
  readonly isLast: boolean;
}

class LongMessage {
  readonly stream: FollowedStream;
  readonly from: number;
  readonly #scanner = new MessageScanner();
  readonly #pieces = new Map<number, Piece>();
  /** Its length, the comma included, once it was found. */
  #length: number | undefined;

  constructor(stream: FollowedStream, from: number) {
    this.stream = stream;
    this.from = from;
  }

  /** @param offset of a piece: 0, or the end of another one */
  *pieceAt(offset: number): Reading<Piece> {
    let piece = this.#pieces.get(offset);
    if (piece === undefined) {
      piece = yield* this.#read(offset);
      if (this.#pieces.size === PIECES_MAX) this.#pieces.delete(this.#pieces.keys().next().value!);
      this.#pieces.set(offset, piece);
    }
    return piece;
  }

  *#read(offset: number): Reading<Piece> {
    const { stream, from } = this;
    const at = from + offset;
    const to = Math.min(stream.tail, at + READ_CHUNK_BYTES);
    const before = offset === 0 ? undefined : yield* inSteps(stream.bytes(at - 1, at));
    const stored = withoutLastCr(yield* inSteps(stream.bytes(at, to)));
    const startsLine = before?.[0] === LF;
    // Whoever is the first to come here finds the end; the others come to bytes that were scanned.
    if (this.#scanner.count === 0 && offset === this.#scanner.position) this.#scanner.scan(stored, 1);
    if (this.#scanner.count > 0) this.#length = this.#scanner.boundary;
    const isLast = this.#length !== undefined && offset + stored.length >= this.#length;
    const text = isLast ? stored.subarray(0, this.#length! - offset - 1) : stored;
    return {
      bytes: encodeSsePiece(text, startsLine),
      end: isLast ? this.#length! : offset + text.length,
      isLast,
    };
  }
}

/** Without a CR at its end: its LF may be the first byte of the next piece. */
function withoutLastCr(piece: Uint8Array): Uint8Array {
  return piece.length > 1 && piece.at(-1) === CR ? piece.subarray(0, -1) : piece;
}
