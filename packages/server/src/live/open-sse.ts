import { currentCursor } from "@perennial/protocol";
import { inSteps, type Reading } from "../shard/reading.ts";
import type { FollowedStream } from "../shard/streams.ts";
import type { LiveHub } from "./hub.ts";
import { SseSession, type SseSettings, type SseSink } from "./sse-session.ts";

/**
 * Makes the first frame of an SSE reader, before the head is out: a stream that cannot be
 * read gets an answer that says so.
 *
 * @param from the position at which it begins
 * @param leastCursor the least cursor that the reader may be sent
 * @returns opens the session once there is a sink
 */
export function* openSse(
  live: LiveHub,
  stream: FollowedStream,
  from: number,
  leastCursor: number,
  settings: SseSettings,
): Reading<(sink: SseSink) => SseSession> {
  const cursor = Math.max(leastCursor, currentCursor(live.clock.now()));
  const first = yield* inSteps(live.frames.next(stream, from, cursor, live.eventBytes));
  return (sink) => new SseSession(live, stream, first, leastCursor, sink, settings);
}
