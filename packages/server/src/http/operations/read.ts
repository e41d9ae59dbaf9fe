/** GET: catch-up reads, and the way to the live ones (protocol §12). */
import { HEADER, matchesIfNoneMatch, type OffsetRequest } from "@perennial/protocol";
import { type Answer, andThen, readOut } from "../../shard/reading.ts";
import type { Slice } from "../../shard/streams.ts";
import type { Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { longPoll } from "./long-poll.ts";
import { cacheControl, etagOf, pageEnd, pageHeaders, sliceReply } from "./page.ts";
import { problemOfStream } from "./problem-of-stream.ts";
import { parseRead, type ReadParameters } from "./read-parameters.ts";
import { sse } from "./sse.ts";

export function read(
  context: Context,
  scope: Scope,
  request: HttpRequest,
  path: string,
  query: Query,
): Reply | Promise<Reply> {
  const parsed = parseRead(request, query);
  if (parsed.kind === "rejected") return problemOfStream(context, path, parsed.rejection);
  const parameters = parsed.value;
  switch (parameters.mode) {
    case "catch-up":
      return readOut(catchUp(context, request, path, parameters));
    case "long-poll":
      return longPoll(context, scope, request, path, parameters);
    case "sse":
      return readOut(sse(context, scope, path, parameters));
  }
}

function catchUp(
  context: Context,
  request: HttpRequest,
  path: string,
  { offset }: ReadParameters,
): Answer<Reply> {
  return andThen(context.streams.for(path).read(path, offset), (slice) =>
    slice.kind === "rejected"
      ? problemReply(slice.rejection)
      : andThen(pageEnd(context, path, slice), (end) => page(context, request, path, offset, slice, end)),
  );
}

function page(
  context: Context,
  request: HttpRequest,
  path: string,
  offset: OffsetRequest,
  slice: Slice,
  end: number,
): Answer<Reply> {
  if (offset.kind === "now") return sliceReply(context, path, slice, end, [HEADER.cacheControl, "no-store"]);
  const etag = etagOf(slice, end);
  const condition = request.header(HEADER.ifNoneMatch);
  const validators = [HEADER.etag, etag, HEADER.cacheControl, cacheControl(context, slice)];
  if (condition === undefined || !matchesIfNoneMatch(condition, etag))
    return sliceReply(context, path, slice, end, validators);
  return { status: 304, headers: pageHeaders(slice, end, validators), body: undefined };
}
