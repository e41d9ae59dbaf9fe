import {
  PRODUCER_EPOCH,
  PRODUCER_EXPECTED_SEQ,
  PRODUCER_ID,
  PRODUCER_RECEIVED_SEQ,
  PRODUCER_SEQ,
  QUERY_CURSOR,
  QUERY_LIVE,
  QUERY_OFFSET,
  STREAM_CLOSED,
  STREAM_CURSOR,
  STREAM_EXPIRES_AT,
  STREAM_NEXT_OFFSET,
  STREAM_SEQ,
  STREAM_TTL,
  STREAM_UP_TO_DATE,
} from "@perennial/protocol";

/** Response header with the offset at which the next read starts, or the tail after a write. */
export const STREAM_OFFSET_HEADER = STREAM_NEXT_OFFSET;
/** Response header with the cursor to echo in the next live request. */
export const STREAM_CURSOR_HEADER = STREAM_CURSOR;
/** Response header whose presence says that the response reaches the tail. */
export const STREAM_UP_TO_DATE_HEADER = STREAM_UP_TO_DATE;
/** Header that closes a stream (request) or says that it is closed (response). Only `true` counts. */
export const STREAM_CLOSED_HEADER = STREAM_CLOSED;
/** Request header with the writer's own ordering token. */
export const STREAM_SEQ_HEADER = STREAM_SEQ;
/** Header with a stream's time to live, in seconds. */
export const STREAM_TTL_HEADER = STREAM_TTL;
/** Header with a stream's expiry time, RFC 3339. */
export const STREAM_EXPIRES_AT_HEADER = STREAM_EXPIRES_AT;
/** Request header that names an idempotent producer. */
export const PRODUCER_ID_HEADER = PRODUCER_ID;
/** Header with a producer's epoch; on 403 the server's current one. */
export const PRODUCER_EPOCH_HEADER = PRODUCER_EPOCH;
/** Header with a producer's sequence number. */
export const PRODUCER_SEQ_HEADER = PRODUCER_SEQ;
/** Response header of a sequence gap (409): the number that the server waits for. */
export const PRODUCER_EXPECTED_SEQ_HEADER = PRODUCER_EXPECTED_SEQ;
/** Response header of a sequence gap (409): the number that the server was sent. */
export const PRODUCER_RECEIVED_SEQ_HEADER = PRODUCER_RECEIVED_SEQ;

/** Query parameter with the offset to read from. */
export const OFFSET_QUERY_PARAM = QUERY_OFFSET;
/** Query parameter that asks for a live read: `long-poll` or `sse`. */
export const LIVE_QUERY_PARAM = QUERY_LIVE;
/** Query parameter that echoes the latest cursor. */
export const CURSOR_QUERY_PARAM = QUERY_CURSOR;

/** Field of an SSE control event: the offset after the data before it. */
export const SSE_OFFSET_FIELD = "streamNextOffset";
/** Field of an SSE control event: the cursor to echo. */
export const SSE_CURSOR_FIELD = "streamCursor";
/** Field of an SSE control event: the stream is closed and everything was sent. */
export const SSE_CLOSED_FIELD = "streamClosed";

/** Content types that SSE carries as text. Every other type travels as base64, which the client decodes. */
export const SSE_COMPATIBLE_CONTENT_TYPES: ReadonlyArray<string> = ["text/", "application/json"];

/** Query parameters that belong to the protocol. `params` may not set them on reads. */
export const DURABLE_STREAM_PROTOCOL_QUERY_PARAMS: Array<string> = [
  OFFSET_QUERY_PARAM,
  LIVE_QUERY_PARAM,
  CURSOR_QUERY_PARAM,
];
