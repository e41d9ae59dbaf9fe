import { currentCursor } from "@perennial/protocol";
import { streamOf } from "../shard/read.ts";
import type { Reading } from "../shard/reading.ts";
import type { Slice } from "../shard/streams.ts";
import type { LiveHub } from "./hub.ts";
import { SseSession, type SseSettings, type SseSink } from "./sse-session.ts";

/**
 * Makes the first frame of an SSE reader that begins with the slice, before the head is out: a stream that cannot be
 * read gets an answer that says so.
 *
 * @param leastCursor the least cursor that the reader may be sent
 * @returns opens the session once there is a sink
 */
export function* openSse(
  live: LiveHub,
  slice: Slice,
  leastCursor: number,
  settings: SseSettings,
): Reading<(sink: SseSink) => SseSession> {
  const { shard } = live;
  const stream = streamOf(slice);
  const cursor = Math.max(leastCursor, currentCursor(shard.now()));
  const first = yield* live.frames.next(stream, slice.from, cursor, live.eventBytes);
  return (sink) => new SseSession(shard, live, stream, first, leastCursor, sink, settings);
}
