/** GET: catch-up reads, and the way to the live ones (protocol §12). */
import { formatEtag, formatOffset, HEADER, matchesIfNoneMatch } from "@perennial/protocol";
import { type Reading, readOut } from "../../shard/reading.ts";
import { NAMED_BYTES } from "../../shard/state-streams.ts";
import type { Slice } from "../../shard/streams.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { sliceBody } from "../message/body-source.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { isProblem } from "../problems.ts";
import { longPoll } from "./long-poll.ts";
import { problemOfStream } from "./problem-of-stream.ts";
import { parseRead, type ReadParameters } from "./read-parameters.ts";
import { sse } from "./sse.ts";

export function read(
  context: Context,
  request: HttpRequest,
  path: string,
  query: Query,
): Reply | Promise<Reply> {
  const parameters = parseRead(request, query);
  if (isProblem(parameters)) {
    return problemOfStream(context, path, parameters);
  }
  switch (parameters.mode) {
    case "catch-up":
      return readOut(catchUp(context, request, path, parameters));
    case "long-poll":
      return longPoll(context, request, path, parameters);
    case "sse":
      return readOut(sse(context, path, parameters));
  }
}

function* catchUp(
  context: Context,
  request: HttpRequest,
  path: string,
  { offset }: ReadParameters,
): Reading<Reply> {
  const slice = yield* context.streams.for(path).read(path, offset);
  if (slice.kind === "rejected") return problemReply(slice.rejection);
  const end = yield* pageEnd(context, path, slice);
  if (offset.kind === "now")
    return yield* sliceReply(context, path, slice, end, [HEADER.cacheControl, "no-store"]);
  const etag = etagOf(context, path, slice, end);
  const condition = request.header(HEADER.ifNoneMatch);
  const validators = [HEADER.etag, etag, HEADER.cacheControl, cacheControl(context, slice)];
  if (condition === undefined || !matchesIfNoneMatch(condition, etag)) {
    return yield* sliceReply(context, path, slice, end, validators);
  }
  return { status: 304, headers: pageHeaders(slice, end, validators), body: undefined };
}

/** A page of the slice, up to `end`, with the headers that say how far it reaches. */
export function* sliceReply(
  context: Context,
  path: string,
  slice: Slice,
  end: number,
  headers: readonly string[],
): Reading<Reply> {
  const body = yield* sliceBody(context.streams.for(path), slice, end);
  return { status: 200, headers: pageHeaders(slice, end, headers), body };
}

function pageHeaders(slice: Slice, end: number, headers: readonly string[]): readonly string[] {
  const all = [HEADER.contentType, slice.contentType, HEADER.streamNextOffset, formatOffset(end), ...headers];
  if (end === slice.to) {
    all.push(HEADER.streamUpToDate, "true");
    if (slice.closed) all.push(HEADER.streamClosed, "true");
  }
  return all;
}

/** Where the page ends that begins with the slice. */
export function pageEnd({ config, streams }: Context, path: string, slice: Slice): Reading<number> {
  const limit = config.pageBytes ?? slice.to;
  return streams.for(path).pageEnd(slice, slice.withOffsets ? Math.min(limit, NAMED_BYTES) : limit);
}

/** Names this very page of this very life of the stream, and whether it is known to be the last one. */
export function etagOf({ streams }: Context, path: string, slice: Slice, end: number): string {
  const instance = streams.for(path).instanceOf(slice);
  return formatEtag({
    instance: slice.withOffsets ? `${instance}.offsets` : instance,
    start: slice.from,
    end,
    closed: slice.closed && end === slice.to,
  });
}

/** An empty answer at the tail must not be cached: it would hide what comes next. */
export function cacheControl({ config }: Context, { from, to }: Slice): string {
  return from === to ? "no-store" : config.cacheControl;
}
