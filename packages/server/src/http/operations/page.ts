/** A page of a stream as a reply: where it ends, what names it, and what it says (protocol §12 and §16). */
import { formatEtag, formatOffset, HEADER } from "@perennial/protocol";
import { type Answer, andThen } from "../../shard/reading.ts";
import { NAMED_BYTES } from "../../shard/state-streams.ts";
import type { Slice } from "../../shard/streams.ts";
import type { Context } from "../context.ts";
import { sliceBody } from "../message/body-source.ts";
import type { Reply } from "../message/reply.ts";

/** A page of the slice, up to `end`, with the headers that say how far it reaches. */
export function sliceReply(
  context: Context,
  path: string,
  slice: Slice,
  end: number,
  headers: readonly string[],
): Answer<Reply> {
  return andThen(sliceBody(context.streams.for(path), slice, end), (body) => ({
    status: 200,
    headers: pageHeaders(slice, end, headers),
    body,
  }));
}

/** The headers of a page: these, and how far it reaches. */
export function pageHeaders(slice: Slice, end: number, headers: readonly string[]): readonly string[] {
  const all = [HEADER.contentType, slice.contentType, HEADER.streamNextOffset, formatOffset(end), ...headers];
  if (end === slice.to) {
    all.push(HEADER.streamUpToDate, "true");
    if (slice.closed) all.push(HEADER.streamClosed, "true");
  }
  return all;
}

/** Where the page ends that begins with the slice. */
export function pageEnd({ config, streams }: Context, path: string, slice: Slice): Answer<number> {
  const limit = config.pageBytes ?? slice.to;
  return streams.for(path).pageEnd(slice, slice.withOffsets ? Math.min(limit, NAMED_BYTES) : limit);
}

/** Names this very page of this very life of the stream, and whether it is known to be the last one. */
export function etagOf(slice: Slice, end: number): string {
  return formatEtag({
    instance: slice.withOffsets ? `${slice.instance}.offsets` : slice.instance,
    start: slice.from,
    end,
    closed: slice.closed && end === slice.to,
  });
}

/** An empty answer at the tail must not be cached: it would hide what comes next. */
export function cacheControl({ config }: Context, { from, to }: Slice): string {
  return from === to ? "no-store" : config.cacheControl;
}
