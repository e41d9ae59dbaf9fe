/**
 * Turns what arrives into what the consumer wants. A plain response arrives as bytes, piece by piece, and ends with
 * `finishPage`; SSE events arrive as lists of payloads. One instance serves a whole session, so that a character cut
 * by a page boundary survives.
 */
export interface Format<T> {
  /** Takes the next bytes of a page; returns what can be handed on already. */
  push(bytes: Uint8Array): T | undefined;
  /** The page is whole; returns the rest of it. */
  finishPage(): T | undefined;
  /**
   * The page broke off and will be read again from its start. What was handed on of it is dropped the second time:
   * an offset's content never changes.
   */
  restartPage(): void;
  /** The payloads of the SSE data events before a control event, in base64 or not. */
  events(payloads: readonly string[], base64: boolean): T | undefined;
  /** The session is over; returns what was held back. */
  finish(): T | undefined;
  /** Joins pieces in order; an empty list gives the empty value. */
  join(pieces: readonly T[]): T;
}
