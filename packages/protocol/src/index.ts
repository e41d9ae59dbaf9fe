export { joinBytes } from "./bytes.ts";
export {
  CONTENT_TYPE_MAX_LENGTH,
  DEFAULT_CONTENT_TYPE,
  isJson,
  isText,
  isValidContentType,
  mediaType,
  sseNeedsBase64,
} from "./content-type.ts";
export { type CursorOptions, currentCursor, nextCursor, parseCursor } from "./cursor.ts";
export { type EtagParts, formatEtag, matchesIfNoneMatch } from "./etag.ts";
export {
  deadline,
  formatExpiresAt,
  type Lifetime,
  parseExpiresAt,
  parseTtl,
  TTL_MAX_SECONDS,
} from "./expiry.ts";
export { isForeign } from "./foreign.ts";
export { coversBelow, type Glob, matchesGlob, parseGlob } from "./glob.ts";
export {
  CACHE_CONTROL,
  CONTENT_TYPE,
  ETAG,
  HEADER,
  HTTP_HEADER,
  IF_NONE_MATCH,
  isTrue,
  PRODUCER_EPOCH,
  PRODUCER_EXPECTED_SEQ,
  PRODUCER_ID,
  PRODUCER_RECEIVED_SEQ,
  PRODUCER_SEQ,
  QUERY,
  QUERY_CURSOR,
  QUERY_LIVE,
  QUERY_OFFSET,
  RETRY_AFTER,
  SENT_WITH,
  STREAM_CLOSED,
  STREAM_CURSOR,
  STREAM_EXPIRES_AT,
  STREAM_FORK_OFFSET,
  STREAM_FORK_SUB_OFFSET,
  STREAM_FORKED_FROM,
  STREAM_MAX_BYTES,
  STREAM_NEXT_OFFSET,
  STREAM_SEQ,
  STREAM_SSE_DATA_ENCODING,
  STREAM_TTL,
  STREAM_UP_TO_DATE,
} from "./headers.ts";
export { ElementCutter } from "./json/element-cutter.ts";
export { ElementScanner } from "./json/element-scanner.ts";
export { parseJson } from "./json/parse.ts";
export type { ListedChanges, ListedPage, ListedStream } from "./listing.ts";
export { parseMaxBytes } from "./max-bytes.ts";
export { formatOffset, type OffsetRequest, parseOffset, parseOffsetRequest, ZERO_OFFSET } from "./offset.ts";
export { hostName, isLocalName } from "./pages/names.ts";
export { parseOrigins } from "./pages/origins.ts";
export {
  mayUse,
  type Visitor,
  type Wall,
  type WallRefusal,
  type WallSettings,
  wallOf,
  wallRefusal,
  withoutHosts,
} from "./pages/wall.ts";
export {
  CONTROL_SEGMENT,
  PATH_MAX_LENGTH,
  type PathProblem,
  parseStreamPath,
  STREAM_ROOT,
} from "./path.ts";
export { PROBLEM_CONTENT_TYPE, type Problem } from "./problem.ts";
export { PRODUCER_ID_MAX_LENGTH, type ProducerHeaders, parseProducerTrio } from "./producer.ts";
export { type Ok, ok, type Rejected, type Result, reject } from "./result.ts";
export { type ControlEvent, parseControl } from "./sse/control.ts";
export { type SseDecoder, type SseEvent, sseDecoder } from "./sse/decode.ts";
export {
  encodeSseControl,
  encodeSseDataEnd,
  encodeSseEvents,
  encodeSsePiece,
  type SseControl,
  type SseEncoding,
  type SsePair,
  sseDataStart,
  sseHeartbeat,
} from "./sse/encode.ts";
export { isValidStreamSeq, STREAM_SEQ_MAX_LENGTH } from "./stream-seq.ts";
