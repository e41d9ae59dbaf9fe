import { ElementCutter } from "@perennial/protocol";

/**
 * Cuts what arrives into the units by which a reader counts: messages of a JSON stream, bytes of any other. One
 * instance reads one page.
 */
export interface UnitCutter {
  /** Takes the next bytes of a page. */
  push(bytes: Uint8Array): readonly Uint8Array[];
  /** How many units a piece that `push` returned holds. */
  count(piece: Uint8Array): number;
}

/** Bytes as they are. */
export function byteCutter(): UnitCutter {
  return { push: (bytes) => [bytes], count: (piece) => piece.length };
}

/** One piece per message. */
export function messageCutter(): UnitCutter {
  const messages = new ElementCutter();
  return { push: (bytes) => messages.push(bytes), count: () => 1 };
}
