/** What a read may see: one consistent slice of a stream, taken at one instant (protocol §12). */
import type { OffsetRequest } from "@perennial/protocol";
import type { Stream } from "../catalog/stream.ts";
import { MessageScanner } from "../stored/messages.ts";
import { type Rejected, reject } from "../stream/rejections.ts";
import { boundaryBefore, pieces } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import type { Shard } from "./shard.ts";
import { namesOffsets } from "./state-streams.ts";

/** A slice `[from, to)` of a stream that ended at `to` when it was taken. */
export interface Snapshot {
  readonly kind: "snapshot";
  readonly stream: Stream;
  readonly from: number;
  readonly to: number;
  /** Whether the stream was closed, so that nothing will ever follow `to`. */
  readonly closed: boolean;
  /** Whether its messages are shown with their offsets (docs/extensions.md). */
  readonly withOffsets: boolean;
}

/**
 * Takes the slice from the requested offset to the tail and renews the stream's TTL. An offset beyond the tail
 * reads as the tail; one inside a JSON message is refused, since no server ever gave it out.
 */
export function* snapshot(shard: Shard, path: string, offset: OffsetRequest): Reading<Snapshot | Rejected> {
  const found = shard.forReading(path);
  if (found.kind !== "found") return reject(found);
  const { stream } = found;
  const from = resolveOffset(stream, offset);
  if (!(yield* isAddressable(shard, stream, from))) return reject({ kind: "offset-inside-message" });
  const withOffsets = yield* namesOffsets(shard, stream);
  // It may be gone if the bytes looked at lay far away.
  if (stream.visibility !== "live") return reject({ kind: "stream-not-found" });
  shard.touch(stream);
  const { visibleTail: to, visibleClosed: closed } = stream;
  return { kind: "snapshot", stream, from, to, closed, withOffsets };
}

function resolveOffset(stream: Stream, offset: OffsetRequest): number {
  switch (offset.kind) {
    case "start":
      return 0;
    case "now":
      return stream.visibleTail;
    case "at":
      return Math.min(offset.position, stream.visibleTail);
  }
}

/** Any byte of a byte stream can be addressed; in JSON mode only the places between messages. */
function* isAddressable(shard: Shard, stream: Stream, position: number): Reading<boolean> {
  if (!stream.state.json || position === 0 || position === stream.visibleTail) return true;
  const boundary = boundaryBefore(shard, stream, position);
  if (boundary === position) return true;
  const scanner = new MessageScanner();
  yield* pieces(shard, stream, boundary, position, (bytes) => {
    scanner.scan(bytes);
    return true;
  });
  return scanner.atBoundary;
}
