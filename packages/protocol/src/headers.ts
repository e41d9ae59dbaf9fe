// What a client needs has a constant of its own: bundlers drop unused constants, but not members of an object.
export const CONTENT_TYPE = "Content-Type";
export const STREAM_NEXT_OFFSET = "Stream-Next-Offset";
export const STREAM_CURSOR = "Stream-Cursor";
export const STREAM_UP_TO_DATE = "Stream-Up-To-Date";
export const STREAM_CLOSED = "Stream-Closed";
export const STREAM_SEQ = "Stream-Seq";
export const STREAM_TTL = "Stream-TTL";
export const STREAM_EXPIRES_AT = "Stream-Expires-At";
export const STREAM_MAX_BYTES = "Stream-Max-Bytes";
export const STREAM_FORKED_FROM = "Stream-Forked-From";
export const STREAM_FORK_OFFSET = "Stream-Fork-Offset";
export const STREAM_FORK_SUB_OFFSET = "Stream-Fork-Sub-Offset";
export const STREAM_SSE_DATA_ENCODING = "Stream-SSE-Data-Encoding";
export const PRODUCER_ID = "Producer-Id";
export const PRODUCER_EPOCH = "Producer-Epoch";
export const PRODUCER_SEQ = "Producer-Seq";
export const PRODUCER_EXPECTED_SEQ = "Producer-Expected-Seq";
export const PRODUCER_RECEIVED_SEQ = "Producer-Received-Seq";
export const ETAG = "ETag";
export const CACHE_CONTROL = "Cache-Control";
export const IF_NONE_MATCH = "If-None-Match";
export const RETRY_AFTER = "Retry-After";

/**
 * Header names in their canonical spelling: those of the protocol (protocol §3.1 and §3.3), and `Stream-Max-Bytes`, which
 * is ours (docs/extensions.md). Compare ignoring case.
 */
export const HEADER = {
  contentType: CONTENT_TYPE,
  streamNextOffset: STREAM_NEXT_OFFSET,
  streamCursor: STREAM_CURSOR,
  streamUpToDate: STREAM_UP_TO_DATE,
  streamClosed: STREAM_CLOSED,
  streamSeq: STREAM_SEQ,
  streamTtl: STREAM_TTL,
  streamExpiresAt: STREAM_EXPIRES_AT,
  streamMaxBytes: STREAM_MAX_BYTES,
  streamForkedFrom: STREAM_FORKED_FROM,
  streamForkOffset: STREAM_FORK_OFFSET,
  streamForkSubOffset: STREAM_FORK_SUB_OFFSET,
  streamSseDataEncoding: STREAM_SSE_DATA_ENCODING,
  producerId: PRODUCER_ID,
  producerEpoch: PRODUCER_EPOCH,
  producerSeq: PRODUCER_SEQ,
  producerExpectedSeq: PRODUCER_EXPECTED_SEQ,
  producerReceivedSeq: PRODUCER_RECEIVED_SEQ,
  etag: ETAG,
  cacheControl: CACHE_CONTROL,
  ifNoneMatch: IF_NONE_MATCH,
  lastEventId: "Last-Event-ID",
  retryAfter: RETRY_AFTER,
  location: "Location",
} as const;

/** Query parameters of a read (protocol §3.2). Any other parameter is ignored. */
export const QUERY = { offset: "offset", live: "live", cursor: "cursor", exact: "exact" } as const;

/**
 * Whether a flag header such as `Stream-Closed` says "true": it does only when the value equals `true`, ignoring
 * case. Every other value counts as an absent header and is never an error (protocol §3.1).
 */
export function isTrue(value: string | null | undefined): boolean {
  return value?.toLowerCase() === "true";
}
