// What a reader needs has a constant of its own: bundlers drop unused constants, but not members of an object.
export const CONTENT_TYPE = "Content-Type";
export const STREAM_NEXT_OFFSET = "Stream-Next-Offset";
export const STREAM_CURSOR = "Stream-Cursor";
export const STREAM_UP_TO_DATE = "Stream-Up-To-Date";
export const STREAM_CLOSED = "Stream-Closed";
export const STREAM_SSE_DATA_ENCODING = "Stream-SSE-Data-Encoding";
export const IF_NONE_MATCH = "If-None-Match";
export const RETRY_AFTER = "Retry-After";

/** Header names of the protocol in their canonical spelling (sections 3.1 and 3.3). Compare ignoring case. */
export const HEADER = {
  contentType: CONTENT_TYPE,
  streamNextOffset: STREAM_NEXT_OFFSET,
  streamCursor: STREAM_CURSOR,
  streamUpToDate: STREAM_UP_TO_DATE,
  streamClosed: STREAM_CLOSED,
  streamSeq: "Stream-Seq",
  streamTtl: "Stream-TTL",
  streamExpiresAt: "Stream-Expires-At",
  streamForkedFrom: "Stream-Forked-From",
  streamForkOffset: "Stream-Fork-Offset",
  streamForkSubOffset: "Stream-Fork-Sub-Offset",
  streamSseDataEncoding: STREAM_SSE_DATA_ENCODING,
  producerId: "Producer-Id",
  producerEpoch: "Producer-Epoch",
  producerSeq: "Producer-Seq",
  producerExpectedSeq: "Producer-Expected-Seq",
  producerReceivedSeq: "Producer-Received-Seq",
  etag: "ETag",
  cacheControl: "Cache-Control",
  ifNoneMatch: IF_NONE_MATCH,
  lastEventId: "Last-Event-ID",
  retryAfter: RETRY_AFTER,
  location: "Location",
} as const;

/** Query parameters of a read (section 3.2). Any other parameter is ignored. */
export const QUERY = { offset: "offset", live: "live", cursor: "cursor" } as const;

/**
 * Whether a flag header such as `Stream-Closed` says "true": it does only when the value equals `true`, ignoring
 * case. Every other value counts as an absent header and is never an error (section 3.1).
 */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && (value === "true" || value.toLowerCase() === "true");
}
