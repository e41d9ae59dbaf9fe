import { currentCursor } from "@perennial/protocol";
import { inSteps, type Reading } from "../shard/reading.ts";
import type { FollowedStream } from "../shard/streams.ts";
import type { LiveHub } from "./hub.ts";
import { SseSession, type SseSettings, type SseSink, type SseTerms } from "./sse-session.ts";

/**
 * Makes the first frame of an SSE reader, before the head is out: a stream that cannot be
 * read gets an answer that says so.
 *
 * @param from the position at which it begins
 * @param terms of the reader
 * @returns opens the session once there is a sink
 */
export function* openSse(
  live: LiveHub,
  stream: FollowedStream,
  from: number,
  terms: SseTerms,
  settings: SseSettings,
): Reading<(sink: SseSink) => SseSession> {
  const cursor = Math.max(terms.leastCursor, currentCursor(live.clock.now()));
  const first = yield* inSteps(live.frames.next(stream, from, cursor, live.eventBytes));
  return (sink) => new SseSession(live, stream, first, terms, sink, settings);
}
