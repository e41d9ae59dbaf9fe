/** Where a fork leaves its source (protocol §6.1). */
import { MessageScanner } from "../stored/messages.ts";
import type { ForkRequest } from "./commands.ts";
import { type Rejected, reject } from "./rejections.ts";
import type { StreamState } from "./state.ts";

/** What of the source a fork may see. */
export interface ForkSource {
  readonly state: StreamState;
  /** Its durable tail: a fork never holds bytes that a crash could take back. */
  readonly visibleTail: number;
}

export type ForkPoint = { readonly kind: "at"; readonly anchor: number; readonly offset: number } | Rejected;

/** The bytes of the source from a known append boundary on, in order, in pieces. */
export type SourceBytes = (from: number, to: number) => Iterable<Uint8Array>;

/**
 * Finds the position at which a fork leaves its source.
 *
 * @param boundary a position at or before the anchor where a message is known to begin
 * @param bytes reads the source; used for JSON streams only, where sub-offsets count messages
 */
export function* findForkPoint(
  source: ForkSource,
  request: ForkRequest,
  boundary: number,
  bytes: SourceBytes,
): Generator<void, ForkPoint> {
  const anchor = request.anchor ?? source.visibleTail;
  if (anchor > source.visibleTail) return reject({ kind: "fork-offset-beyond-tail" });
  if (!source.state.json) return byteForkPoint(source, anchor, request.subOffset);
  if (anchor === source.visibleTail) {
    if (request.subOffset > 0) return reject({ kind: "fork-sub-offset-beyond-tail" });
    return { kind: "at", anchor, offset: anchor };
  }
  return yield* messageForkPoint(source, { anchor, subOffset: request.subOffset }, boundary, bytes);
}

function byteForkPoint(source: ForkSource, anchor: number, subOffset: number): ForkPoint {
  const offset = anchor + subOffset;
  if (offset > source.visibleTail) return reject({ kind: "fork-sub-offset-beyond-tail" });
  return { kind: "at", anchor, offset };
}

/** Yields between pieces, so that counting a million messages does not hold up everybody else. */
function* messageForkPoint(
  source: ForkSource,
  { anchor, subOffset }: { readonly anchor: number; readonly subOffset: number },
  boundary: number,
  bytes: SourceBytes,
): Generator<void, ForkPoint> {
  const beforeAnchor = new MessageScanner();
  for (const piece of bytes(boundary, anchor)) {
    beforeAnchor.scan(piece);
    yield;
  }
  if (!beforeAnchor.atBoundary) return reject({ kind: "fork-offset-inside-message" });
  const afterAnchor = new MessageScanner();
  for (const piece of bytes(anchor, source.visibleTail)) {
    if (afterAnchor.count === subOffset) break;
    afterAnchor.scan(piece, subOffset);
    yield;
  }
  if (afterAnchor.count < subOffset) return reject({ kind: "fork-sub-offset-beyond-tail" });
  return { kind: "at", anchor, offset: anchor + afterAnchor.boundary };
}
