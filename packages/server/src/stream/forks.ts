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

/** A range of the source's bytes that a search wants to see, `[from, to)`, of which it takes any first piece. */
export interface WantedBytes {
  readonly from: number;
  readonly to: number;
}

/** A search asks for the bytes that it wants, piece by piece, and ends with the place. */
export type ForkSearch = Generator<WantedBytes, ForkPoint, Uint8Array>;

/**
 * Finds the position at which a fork leaves its source.
 *
 * Bytes are asked for in JSON streams only, where sub-offsets count messages.
 *
 * @param boundary a position at or before the anchor where a message is known to begin
 */
export function* findForkPoint(source: ForkSource, request: ForkRequest, boundary: number): ForkSearch {
  const anchor = request.anchor ?? source.visibleTail;
  if (anchor > source.visibleTail) return reject({ kind: "fork-offset-beyond-tail" });
  if (!source.state.json) return byteForkPoint(source, anchor, request.subOffset);
  if (anchor === source.visibleTail) {
    if (request.subOffset > 0) return reject({ kind: "fork-sub-offset-beyond-tail" });
    return { kind: "at", anchor, offset: anchor };
  }
  return yield* messageForkPoint(source, { anchor, subOffset: request.subOffset }, boundary);
}

function byteForkPoint(source: ForkSource, anchor: number, subOffset: number): ForkPoint {
  const offset = anchor + subOffset;
  if (offset > source.visibleTail) return reject({ kind: "fork-sub-offset-beyond-tail" });
  return { kind: "at", anchor, offset };
}

/** Takes one piece at a time, so that counting a million messages need not hold up everybody else. */
function* messageForkPoint(
  source: ForkSource,
  { anchor, subOffset }: { readonly anchor: number; readonly subOffset: number },
  boundary: number,
): ForkSearch {
  const beforeAnchor = new MessageScanner();
  for (let from = boundary; from < anchor; ) {
    const bytes = yield { from, to: anchor };
    beforeAnchor.scan(bytes);
    from += bytes.length;
  }
  if (!beforeAnchor.atBoundary) return reject({ kind: "fork-offset-inside-message" });
  const afterAnchor = new MessageScanner();
  const { visibleTail } = source;
  for (let from = anchor; from < visibleTail && afterAnchor.count < subOffset; ) {
    const bytes = yield { from, to: visibleTail };
    afterAnchor.scan(bytes, subOffset);
    from += bytes.length;
  }
  if (afterAnchor.count < subOffset) return reject({ kind: "fork-sub-offset-beyond-tail" });
  return { kind: "at", anchor, offset: anchor + afterAnchor.boundary };
}
