// What a client needs has a constant of its own: bundlers drop unused constants, but not members of an object.
/** As clients write it: tests that were written against the official one look for this spelling in what `fetch` is given. */
export const CONTENT_TYPE = "content-type";
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
  contentType: "Content-Type",
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

/** Who sends a header of the protocol: with requests, with replies, or both. */
export const SENT_WITH: Readonly<Record<keyof typeof HEADER, "requests" | "replies" | "both">> = {
  contentType: "both",
  streamNextOffset: "replies",
  streamCursor: "replies",
  streamUpToDate: "replies",
  streamClosed: "both",
  streamSeq: "requests",
  streamTtl: "both",
  streamMaxBytes: "both",
  streamExpiresAt: "both",
  streamForkedFrom: "requests",
  streamForkOffset: "requests",
  streamForkSubOffset: "requests",
  streamSseDataEncoding: "replies",
  producerId: "requests",
  producerEpoch: "both",
  producerSeq: "both",
  producerExpectedSeq: "replies",
  producerReceivedSeq: "replies",
  etag: "replies",
  cacheControl: "replies",
  ifNoneMatch: "requests",
  lastEventId: "requests",
  retryAfter: "replies",
  location: "replies",
};

/** Header names of HTTP that the protocol does not mention, or only in passing. */
export const HTTP_HEADER = {
  acceptEncoding: "Accept-Encoding",
  allow: "Allow",
  allowHeaders: "Access-Control-Allow-Headers",
  allowMethods: "Access-Control-Allow-Methods",
  allowOrigin: "Access-Control-Allow-Origin",
  authorization: "Authorization",
  connection: "Connection",
  contentEncoding: "Content-Encoding",
  contentLength: "Content-Length",
  contentSecurityPolicy: "Content-Security-Policy",
  contentTypeOptions: "X-Content-Type-Options",
  expect: "Expect",
  exposeHeaders: "Access-Control-Expose-Headers",
  fetchMode: "Sec-Fetch-Mode",
  fetchSite: "Sec-Fetch-Site",
  forwardedHost: "X-Forwarded-Host",
  forwardedProto: "X-Forwarded-Proto",
  host: "Host",
  maxAge: "Access-Control-Max-Age",
  origin: "Origin",
  proxyBuffering: "X-Accel-Buffering",
  referrerPolicy: "Referrer-Policy",
  resourcePolicy: "Cross-Origin-Resource-Policy",
  transferEncoding: "Transfer-Encoding",
  vary: "Vary",
  authenticate: "WWW-Authenticate",
} as const;

export const QUERY_OFFSET = "offset";
export const QUERY_LIVE = "live";
export const QUERY_CURSOR = "cursor";

/** Query parameters of a read (protocol §3.2). Any other parameter is ignored. */
export const QUERY = {
  offset: QUERY_OFFSET,
  live: QUERY_LIVE,
  cursor: QUERY_CURSOR,
  exact: "exact",
} as const;

/**
 * Whether a flag header such as `Stream-Closed` says "true": it does only when the value equals `true`, ignoring
 * case. Every other value counts as an absent header and is never an error (protocol §3.1).
 */
export function isTrue(value: string | null | undefined): boolean {
  return value?.toLowerCase() === "true";
}
