/**
 * Names of the headers that documents need. This package depends on the client alone, so it has them here; `tools/tidy` holds
 * them to those of the protocol, and lets no other file write one out.
 */
export const HEADER = {
  allowHeaders: "Access-Control-Allow-Headers",
  allowMethods: "Access-Control-Allow-Methods",
  allowOrigin: "Access-Control-Allow-Origin",
  cacheControl: "Cache-Control",
  contentEncoding: "Content-Encoding",
  contentLength: "Content-Length",
  contentType: "Content-Type",
  exposeHeaders: "Access-Control-Expose-Headers",
  ifNoneMatch: "If-None-Match",
  maxAge: "Access-Control-Max-Age",
  producerEpoch: "Producer-Epoch",
  producerExpectedSeq: "Producer-Expected-Seq",
  producerId: "Producer-Id",
  producerReceivedSeq: "Producer-Received-Seq",
  producerSeq: "Producer-Seq",
  streamCursor: "Stream-Cursor",
  streamExpiresAt: "Stream-Expires-At",
  streamNextOffset: "Stream-Next-Offset",
  streamSseDataEncoding: "Stream-SSE-Data-Encoding",
  streamTtl: "Stream-TTL",
  streamUpToDate: "Stream-Up-To-Date",
} as const;
