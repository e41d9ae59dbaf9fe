import {
  CACHE_CONTROL,
  CONTENT_TYPE,
  ETAG,
  isTrue,
  STREAM_CLOSED,
  STREAM_EXPIRES_AT,
  STREAM_NEXT_OFFSET,
  STREAM_TTL,
} from "@perennial/protocol";
import type { HeadResult } from "../options.ts";

/** Reads the response to a HEAD request. Members that the server did not send are absent. */
export function headResult(headers: Headers): HeadResult {
  const found: HeadResult = {
    exists: true,
    streamClosed: isTrue(headers.get(STREAM_CLOSED) ?? undefined),
  };
  const texts = {
    contentType: headers.get(CONTENT_TYPE),
    offset: headers.get(STREAM_NEXT_OFFSET),
    etag: headers.get(ETAG),
    cacheControl: headers.get(CACHE_CONTROL),
    expiresAt: headers.get(STREAM_EXPIRES_AT),
  };
  const ttl = headers.get(STREAM_TTL);
  for (const [name, value] of Object.entries(texts))
    if (value !== null) Object.assign(found, { [name]: value });
  return ttl === null ? found : { ...found, ttlSeconds: Number(ttl) };
}
