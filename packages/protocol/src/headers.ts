/** Header names of the protocol in their canonical spelling (sections 3.1 and 3.3). Compare ignoring case. */
export const HEADER = {
  contentType: "Content-Type",
  streamNextOffset: "Stream-Next-Offset",
  streamCursor: "Stream-Cursor",
  streamUpToDate: "Stream-Up-To-Date",
  streamClosed: "Stream-Closed",
  streamSeq: "Stream-Seq",
  streamTtl: "Stream-TTL",
  streamExpiresAt: "Stream-Expires-At",
  streamForkedFrom: "Stream-Forked-From",
  streamForkOffset: "Stream-Fork-Offset",
  streamForkSubOffset: "Stream-Fork-Sub-Offset",
  streamSseDataEncoding: "Stream-SSE-Data-Encoding",
  producerId: "Producer-Id",
  producerEpoch: "Producer-Epoch",
  producerSeq: "Producer-Seq",
  producerExpectedSeq: "Producer-Expected-Seq",
  producerReceivedSeq: "Producer-Received-Seq",
  etag: "ETag",
  cacheControl: "Cache-Control",
  ifNoneMatch: "If-None-Match",
  lastEventId: "Last-Event-ID",
  retryAfter: "Retry-After",
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
