/** What a read may see: one consistent slice of a stream, taken at one instant (protocol §12). */
import { isText, type OffsetRequest } from "@perennial/protocol";
import type { Stream } from "../catalog/stream.ts";
import { type Rejected, reject } from "../stream/rejections.ts";
import { boundaryBefore } from "./bytes.ts";
import { lineageOf } from "./lineage.ts";
import { type Answer, inSteps, isReading, type Reading } from "./reading.ts";
import type { Shard } from "./shard.ts";
import { CUT_BYTES, wholeCharactersEnd } from "./slice.ts";
import { namesOffsets } from "./state-streams.ts";
import type { Slice } from "./streams.ts";

/** A slice as this shard gives it out. */
export interface Snapshot extends Slice {
  readonly stream: Stream;
}

/** The stream of a slice that this shard gave out. */
export function streamOf(slice: Slice): Stream {
  return (slice as Snapshot).stream;
}

/**
 * Takes the slice from the requested offset to the tail and renews the stream's TTL. An offset beyond the tail
 * reads as the tail, one inside an append that we never gave out as where that append begins.
 */
export function snapshot(shard: Shard, path: string, offset: OffsetRequest): Answer<Snapshot | Rejected> {
  const found = shard.forReading(path);
  if (found.kind !== "found") return found;
  const { stream } = found;
  const position = resolveOffset(stream, offset);
  const isEnd = position === 0 || position === stream.visibleTail;
  const isAsked = offset.kind === "at" && offset.exact === true;
  const precision = isEnd || (isAsked && !stream.state.json) ? "byte" : isAsked ? "message" : "given-out";
  const asStored = offset.asStored === true;
  const lineage = lineageOf(shard, stream);
  const withOffsets = asStored ? false : namesOffsets(shard, stream);
  return precision === "byte" && !isReading(lineage) && !isReading(withOffsets)
    ? sliceFrom(shard, stream, position, asStored, withOffsets)
    : searched(shard, stream, lineage, position, precision, asStored, withOffsets);
}

/**
 * How near to its offset a read begins: just there, with the message that holds it, or there only if we gave it out or could have.
 */
type Precision = "byte" | "message" | "given-out";

/** Looks at the stream's bytes first. */
function* searched(
  shard: Shard,
  stream: Stream,
  lineage: Answer<unknown>,
  position: number,
  precision: Precision,
  asStored: boolean,
  withOffsets: Answer<boolean>,
): Reading<Snapshot | Rejected> {
  yield* inSteps(lineage);
  const from = precision === "byte" ? position : yield* placeOf(shard, stream, position, precision);
  return sliceFrom(shard, stream, from, asStored, yield* inSteps(withOffsets));
}

function sliceFrom(
  shard: Shard,
  stream: Stream,
  from: number,
  asStored: boolean,
  withOffsets: boolean,
): Snapshot | Rejected {
  // It may be gone if the bytes looked at lay far away.
  if (stream.visibility !== "live") return reject({ kind: "stream-not-found" });
  shard.touch(stream);
  const { visibleTail: to, visibleClosed: closed } = stream;
  const { contentType, json } = stream.state;
  const instance = shard.instanceOf(stream);
  return { kind: "snapshot", stream, from, to, closed, withOffsets, asStored, contentType, json, instance };
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

/**
 * Where a read at `position` begins. Offsets that we gave out are exact: where an append ends, where a message does, and
 * where we cut a long append of bytes. Any other lies inside an append, and software that counts on it (an end plus one, say)
 * wants that append whole, as it gets it elsewhere.
 */
function* placeOf(shard: Shard, stream: Stream, position: number, precision: Precision): Reading<number> {
  const start = boundaryBefore(shard, stream, position);
  if (start === position) return position;
  if (!stream.state.json) return (yield* isCut(shard, stream, start, position)) ? position : start;
  const message = yield* shard.messages.placeBefore(stream, start, position);
  return message === position || precision === "message" ? message : start;
}

/** Whether an append of bytes that begins at `start` may have been cut at `position`. */
function* isCut(shard: Shard, stream: Stream, start: number, position: number): Reading<boolean> {
  if ((position - start) % CUT_BYTES === 0) return true;
  if (!isText(stream.state.contentType)) return false;
  // An event holds back what does not make a whole character yet, or a line break.
  const { visibleTail: tail } = stream;
  for (let end = position + 1; end <= Math.min(position + 3, tail); end++) {
    const isEnd = (end - start) % CUT_BYTES === 0 || boundaryBefore(shard, stream, end) === end;
    if (isEnd) return (yield* wholeCharactersEnd(shard, stream, start, end, tail)) === position;
  }
  return false;
}
