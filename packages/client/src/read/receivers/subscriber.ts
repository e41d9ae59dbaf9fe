import type { Format, Piece } from "../formats/format.ts";
import type { Position } from "../position.ts";
import type { Receiver } from "./receiver.ts";

/**
 * Calls back once per page, the empty ones included, and waits for the callback's promise.
 *
 * @param onPiece - takes what arrives of a page before its end; without it that waits for the end
 */
export function subscriber<T extends Piece>(
  format: Format<T>,
  deliver: (data: T, meta: Position) => void | Promise<void>,
  onPiece?: (piece: T) => void | Promise<void>,
): Receiver<T> {
  let pieces: T[] = [];
  return {
    format,
    piece: onPiece ?? ((piece) => void pieces.push(piece)),
    page(rest, commit, meta) {
      const data = format.join([...pieces, rest]);
      pieces = [];
      commit();
      return deliver(data, meta);
    },
  };
}
