/** GET: catch-up reads, and the way to the live ones (protocol §12). */
import { formatEtag, formatOffset, HEADER, matchesIfNoneMatch } from "@perennial/protocol";
import { type Snapshot, snapshot } from "../../shard/read.ts";
import { type Reading, readOut } from "../../shard/reading.ts";
import { sliceEnd } from "../../shard/slice.ts";
import { NAMED_BYTES } from "../../shard/state-streams.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { sliceBody } from "../message/body-source.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { isProblem } from "../problems.ts";
import { longPoll } from "./long-poll.ts";
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
    // Whether the stream exists is answered before the parameters are judged (protocol §17.1).
    const found = context.shard.forReading(path);
    return problemReply(found.kind === "found" ? parameters : found);
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
  const slice = yield* snapshot(context.shard, path, offset);
  if (slice.kind === "rejected") return problemReply(slice.rejection);
  const end = yield* pageEnd(context, slice);
  if (offset.kind === "now") return yield* sliceReply(context, slice, end, [HEADER.cacheControl, "no-store"]);
  const etag = etagOf(context, slice, end);
  const condition = request.header(HEADER.ifNoneMatch);
  const validators = [HEADER.etag, etag, HEADER.cacheControl, cacheControl(context, slice)];
  if (condition === undefined || !matchesIfNoneMatch(condition, etag)) {
    return yield* sliceReply(context, slice, end, validators);
  }
  return { status: 304, headers: pageHeaders(slice, end, validators), body: undefined };
}

/** A page of the slice, up to `end`, with the headers that say how far it reaches. */
export function* sliceReply(
  context: Context,
  slice: Snapshot,
  end: number,
  headers: readonly string[],
): Reading<Reply> {
  const body = yield* sliceBody(context.shard, slice, end);
  return { status: 200, headers: pageHeaders(slice, end, headers), body };
}

function pageHeaders(slice: Snapshot, end: number, headers: readonly string[]): readonly string[] {
  const all = [
    HEADER.contentType,
    slice.stream.state.contentType,
    HEADER.streamNextOffset,
    formatOffset(end),
    ...headers,
  ];
  if (end === slice.to) {
    all.push(HEADER.streamUpToDate, "true");
    if (slice.closed) all.push(HEADER.streamClosed, "true");
  }
  return all;
}

/** Where the page ends that begins with the slice. */
export function* pageEnd({ config, shard }: Context, slice: Snapshot): Reading<number> {
  const { stream, from, to, withOffsets } = slice;
  const limit = config.pageBytes ?? to;
  return yield* sliceEnd(shard, stream, from, to, withOffsets ? Math.min(limit, NAMED_BYTES) : limit);
}

/** Names this very page of this very life of the stream, and whether it is known to be the last one. */
export function etagOf({ shard }: Context, slice: Snapshot, end: number): string {
  const instance = shard.instanceOf(slice.stream);
  return formatEtag({
    instance: slice.withOffsets ? `${instance}.offsets` : instance,
    start: slice.from,
    end,
    closed: slice.closed && end === slice.to,
  });
}

/** An empty answer at the tail must not be cached: it would hide what comes next. */
export function cacheControl({ config }: Context, { from, to }: Snapshot): string {
  return from === to ? "no-store" : config.cacheControl;
}
