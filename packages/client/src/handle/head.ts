import {
  CACHE_CONTROL,
  CONTENT_TYPE,
  ETAG,
  isTrue,
  STREAM_CLOSED,
  STREAM_EXPIRES_AT,
  STREAM_MAX_BYTES,
  STREAM_NEXT_OFFSET,
  STREAM_TTL,
} from "@perennial/protocol";
import { present } from "../http/defaults.ts";
import type { HeadResult } from "../options.ts";

/** Reads the response to a HEAD request. Members that the server did not send are absent. */
export function headResult(headers: Headers): HeadResult {
  const ttl = headers.get(STREAM_TTL);
  const maxBytes = headers.get(STREAM_MAX_BYTES);
  return {
    exists: true,
    streamClosed: isTrue(headers.get(STREAM_CLOSED)),
    ...present({
      contentType: headers.get(CONTENT_TYPE),
      offset: headers.get(STREAM_NEXT_OFFSET),
      etag: headers.get(ETAG),
      cacheControl: headers.get(CACHE_CONTROL),
      expiresAt: headers.get(STREAM_EXPIRES_AT),
      ttlSeconds: ttl && Number(ttl),
      maxBytes: maxBytes && Number(maxBytes),
    }),
  };
}
