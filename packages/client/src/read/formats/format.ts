import { decodeBase64 } from "./base64.ts";

/** What formats make. Where nothing can be handed on it is empty. */
export interface Piece {
  readonly length: number;
}

/**
 * Turns what arrives into what the consumer wants. A plain response arrives as bytes, piece by piece, and ends with
 * `finishPage`; an SSE event is a page that arrives whole. One instance serves a whole session, so that a character
 * cut by a page boundary survives.
 */
export interface Format<T extends Piece> {
  /** Takes the next bytes of a page; returns what can be handed on already. */
  push(bytes: Uint8Array): T;
  /** The page is whole; returns the rest of it. */
  finishPage(): T;
  /** The page broke off: drops what was not handed on of it, and returns how many bytes that were. */
  drop(): number;
  /** The page that an SSE event holds as text. */
  event(payload: string): T;
  /** The session is over; returns what was held back. */
  finish(): T;
  /** Joins pieces in order; an empty list gives the empty value. */
  join(pieces: readonly T[]): T;
}

/** What the SSE data events before a control event hold; their payloads are base64 or not. */
export function decodeEvents<T extends Piece>(
  format: Format<T>,
  payloads: readonly string[],
  isBase64: boolean,
): T {
  const pages = payloads.map((payload) =>
    isBase64 ? format.join([format.push(decodeBase64(payload)), format.finishPage()]) : format.event(payload),
  );
  return format.join(pages);
}
