/** HEAD: what a stream is, without its bytes and without renewing its TTL (protocol §15.1). */
import { formatExpiresAt, formatOffset, HEADER } from "@perennial/protocol";
import { type Reading, readOut } from "../../shard/reading.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";

export function head(context: Context, path: string): Reply | Promise<Reply> {
  return readOut(describe(context, path));
}

function* describe({ streams }: Context, path: string): Reading<Reply> {
  const found = yield* streams.for(path).describe(path);
  if (found.kind === "rejected") return problemReply(found.rejection);
  const { contentType, tail, ttlSeconds, expiresAt, closed } = found.stream;
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
  if (closed) headers.push(HEADER.streamClosed, "true");
  return { status: 200, headers, body: undefined };
}
