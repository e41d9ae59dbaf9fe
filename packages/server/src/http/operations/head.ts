/** HEAD: what a stream is, without its bytes and without renewing its TTL (protocol §15.1). */
import { formatExpiresAt, formatOffset, HEADER } from "@perennial/protocol";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";

export function head(context: Context, path: string): Reply {
  const found = context.shard.forReading(path);
  if (found.kind !== "found") return problemReply(found);
  const { state, visibleTail, visibleClosed } = found.stream;
  const headers = [
    HEADER.contentType,
    state.contentType,
    HEADER.streamNextOffset,
    formatOffset(visibleTail),
    HEADER.cacheControl,
    "no-store",
  ];
  if (state.ttlSeconds !== undefined) headers.push(HEADER.streamTtl, String(state.ttlSeconds));
  if (state.expiresAt !== undefined) headers.push(HEADER.streamExpiresAt, formatExpiresAt(state.expiresAt));
  if (visibleClosed) headers.push(HEADER.streamClosed, "true");
  return { status: 200, headers, body: undefined };
}
