/** GET with live=sse: events as they come (protocol §14). */
import { currentCursor, HEADER, nextCursor, sseNeedsBase64 } from "@perennial/protocol";
import { SseSession } from "../../live/sse-session.ts";
import { snapshot } from "../../shard/read.ts";
import type { Reading } from "../../shard/reading.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { refuseReader } from "../limits/live-limit.ts";
import type { Reply } from "../message/reply.ts";
import type { ReadParameters } from "./read-parameters.ts";

/** `X-Accel-Buffering` keeps a proxy from gathering events; `no-transform` from compressing them. */
const HEADERS = [
  HEADER.contentType,
  "text/event-stream",
  HEADER.cacheControl,
  "no-cache, no-transform",
  "X-Accel-Buffering",
  "no",
];

export function* sse(context: Context, path: string, { offset, cursor }: ReadParameters): Reading<Reply> {
  const { shard, live, config } = context;
  const slice = yield* snapshot(shard, path, offset);
  if (slice.kind === "rejected") return problemReply(slice.rejection);
  const refusal = refuseReader(context);
  if (refusal !== undefined) return problemReply(refusal);
  const { stream, from } = slice;
  const isBinary = sseNeedsBase64(stream.state.contentType);
  const leastCursor = nextCursor(shard.now(), cursor, shard.random);
  // Made before the head is out: a stream that cannot be read gets an answer that says so.
  const firstCursor = Math.max(leastCursor, currentCursor(shard.now()));
  const first = yield* live.frames.next(stream, from, firstCursor, live.eventBytes);
  return {
    status: 200,
    headers: isBinary ? [...HEADERS, HEADER.streamSseDataEncoding, "base64"] : HEADERS,
    body: {
      kind: "live",
      open: (sink) => new SseSession(shard, live, stream, first, leastCursor, sink, config),
    },
  };
}
