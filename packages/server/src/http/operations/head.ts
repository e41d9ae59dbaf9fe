/** HEAD: what a stream is, without its bytes and without renewing its TTL (protocol §15.1). */
import { formatExpiresAt, formatOffset, HEADER } from "@perennial/protocol";
import { andThen, readOut } from "../../shard/reading.ts";
import type { Described } from "../../shard/streams.ts";
import type { Rejected } from "../../stream/rejections.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";

export function head(context: Context, path: string): Reply | Promise<Reply> {
  return readOut(andThen(context.streams.for(path).describe(path), described));
}

function described(found: Described | Rejected): Reply {
  if (found.kind === "rejected") return problemReply(found.rejection);
  const { contentType, tail, ttlSeconds, expiresAt, maxBytes, closed } = found.stream;
  const headers = [
    HEADER.contentType,
    contentType,
    HEADER.streamNextOffset,
    formatOffset(tail),
    HEADER.cacheControl,
    "no-store",
  ];
  if (ttlSeconds !== undefined) headers.push(HEADER.streamTtl, String(ttlSeconds));
  if (expiresAt !== undefined) headers.push(HEADER.streamExpiresAt, formatExpiresAt(expiresAt));
  if (maxBytes !== undefined) headers.push(HEADER.streamMaxBytes, String(maxBytes));
  if (closed) headers.push(HEADER.streamClosed, "true");
  return { status: 200, headers, body: undefined };
}
