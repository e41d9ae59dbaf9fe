/**
 * Which headers a page on another origin may send and read (protocol §3.5): those of the protocol, each in the list that it
 * belongs to, and the few that are not its own.
 */
import { HEADER } from "@perennial/protocol";

/** Readable by pages on other origins. */
export const EXPOSED_HEADERS = [
  HEADER.streamNextOffset,
  HEADER.streamCursor,
  HEADER.streamUpToDate,
  HEADER.streamClosed,
  HEADER.streamTtl,
  HEADER.streamExpiresAt,
  HEADER.streamMaxBytes,
  HEADER.streamSseDataEncoding,
  HEADER.producerEpoch,
  HEADER.producerSeq,
  HEADER.producerExpectedSeq,
  HEADER.producerReceivedSeq,
  HEADER.etag,
  HEADER.location,
  HEADER.retryAfter,
  HEADER.contentType,
  "Content-Encoding",
  "Vary",
] as const;

/** May be sent by pages on other origins. */
export const ALLOWED_HEADERS = [
  HEADER.contentType,
  "Authorization",
  HEADER.ifNoneMatch,
  HEADER.lastEventId,
  HEADER.streamSeq,
  HEADER.streamTtl,
  HEADER.streamExpiresAt,
  HEADER.streamMaxBytes,
  HEADER.streamClosed,
  HEADER.producerId,
  HEADER.producerEpoch,
  HEADER.producerSeq,
  HEADER.streamForkedFrom,
  HEADER.streamForkOffset,
  HEADER.streamForkSubOffset,
] as const;
