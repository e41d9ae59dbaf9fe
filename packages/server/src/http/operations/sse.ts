/** GET with live=sse: events as they come (protocol §14). */
import { formatOffset, HEADER, HTTP_HEADER, nextCursor, sseNeedsBase64 } from "@perennial/protocol";
import { openSse } from "../../live/open-sse.ts";
import { inSteps, type Reading } from "../../shard/reading.ts";
import { rightsEndAt, type Scope } from "../access/scope.ts";
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
  HTTP_HEADER.proxyBuffering,
  "no",
];

export function* sse(
  context: Context,
  scope: Scope,
  path: string,
  { offset, cursor, resumes }: ReadParameters,
): Reading<Reply> {
  const { streams, live, config } = context;
  const slice = yield* inSteps(streams.for(path).read(path, offset));
  if (slice.kind === "rejected") return problemReply(slice.rejection);
  if (resumes && slice.closed && offset.kind === "at" && offset.position === slice.to) return over(slice.to);
  const refusal = refuseReader(context, scope);
  if (refusal !== undefined) return problemReply(refusal);
  const stream = streams.for(path).follow(slice);
  const isBinary = sseNeedsBase64(slice.contentType);
  const leastCursor = nextCursor(config.now(), cursor, config.random);
  return {
    status: 200,
    headers: isBinary ? [...HEADERS, HEADER.streamSseDataEncoding, "base64"] : HEADERS,
    body: {
      kind: "live",
      open: yield* openSse(
        live,
        stream,
        slice.from,
        { leastCursor, rightsEndAt: rightsEndAt(scope), group: scope.usage?.readers },
        config,
      ),
    },
  };
}

/** An EventSource comes back every few seconds, for ever, to a stream that has ended, unless it is told so by a 204. */
function over(end: number): Reply {
  const headers = [
    HEADER.streamNextOffset,
    formatOffset(end),
    HEADER.streamUpToDate,
    "true",
    HEADER.streamClosed,
    "true",
    HEADER.cacheControl,
    "no-store",
  ];
  return { status: 204, headers, body: undefined };
}
