import type { Format, Piece } from "../formats/format.ts";
import type { Position } from "../position.ts";

/**
 * Takes what a session delivers. A method that returns a promise holds back the next delivery until it settles; at
 * most one response is fetched meanwhile.
 */
export interface Receiver<T extends Piece> {
  readonly format: Format<T>;
  /** A piece of a page whose end is still to come. */
  piece(piece: T): void | Promise<void>;
  /**
   * The end of a page (or a whole SSE flush), with what is left of it. `commit` makes `meta` the response's visible
   * state; the receiver calls it when the page has reached the consumer.
   */
  page(rest: T, commit: () => void, meta: Position): void | Promise<void>;
}
