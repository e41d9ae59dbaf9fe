/** GET: catch-up reads, and the way to the live ones (protocol §12). */
import { formatEtag, formatOffset, HEADER, matchesIfNoneMatch } from "@perennial/protocol";
import { type Snapshot, snapshot } from "../../shard/read.ts";
import { sliceEnd } from "../../shard/slice.ts";
import { namesOffsets } from "../../shard/state-streams.ts";
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

/** Stored bytes of one page of a stream whose messages are shown with their offsets: some 2 ms of work. */
const STATE_PAGE_BYTES = 512 * 1024;

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
      return catchUp(context, request, path, parameters);
    case "long-poll":
      return longPoll(context, request, path, parameters);
    case "sse":
      return sse(context, path, parameters);
  }
}

function catchUp(context: Context, request: HttpRequest, path: string, { offset }: ReadParameters): Reply {
  const slice = snapshot(context.shard, path, offset);
  if (slice.kind === "rejected") return problemReply(slice.rejection);
  if (offset.kind === "now") return sliceReply(context, slice, [HEADER.cacheControl, "no-store"]);
  const etag = etagOf(context, slice);
  const condition = request.header(HEADER.ifNoneMatch);
  const reply = sliceReply(context, slice, [
    HEADER.etag,
    etag,
    HEADER.cacheControl,
    cacheControl(context, slice),
  ]);
  if (condition === undefined || !matchesIfNoneMatch(condition, etag)) return reply;
  return { status: 304, headers: reply.headers, body: undefined };
}

/** A page of the slice, or all of it, with the headers that say how far it reaches. */
export function sliceReply(context: Context, slice: Snapshot, headers: readonly string[]): Reply {
  const { stream, from, closed } = slice;
  const end = pageEnd(context, slice);
  const all = [
    HEADER.contentType,
    stream.state.contentType,
    HEADER.streamNextOffset,
    formatOffset(end),
    ...headers,
  ];
  if (end === slice.to) {
    all.push(HEADER.streamUpToDate, "true");
    if (closed) all.push(HEADER.streamClosed, "true");
  }
  return { status: 200, headers: all, body: sliceBody(context.shard, stream, from, end) };
}

function pageEnd({ config, shard }: Context, { stream, from, to }: Snapshot): number {
  const limit = config.pageBytes ?? to;
  const most = namesOffsets(shard, stream) ? Math.min(limit, STATE_PAGE_BYTES) : limit;
  return sliceEnd(shard, stream, from, to, most);
}

/** Names this very slice of this very life of the stream, and whether it is known to be the last one. */
export function etagOf(context: Context, slice: Snapshot): string {
  const { shard } = context;
  const end = pageEnd(context, slice);
  const instance = shard.instanceOf(slice.stream);
  return formatEtag({
    instance: namesOffsets(shard, slice.stream) ? `${instance}.offsets` : instance,
    start: slice.from,
    end,
    closed: slice.closed && end === slice.to,
  });
}

/** An empty answer at the tail must not be cached: it would hide what comes next. */
export function cacheControl({ config }: Context, { from, to }: Snapshot): string {
  return from === to ? "no-store" : config.cacheControl;
}
