import { HEADER, isTrue } from "@perennial/protocol";
import type { HeadResult } from "../options.ts";

/** Reads the response to a HEAD request. Members that the server did not send are absent. */
export function headResult(headers: Headers): HeadResult {
  const found: HeadResult = {
    exists: true,
    streamClosed: isTrue(headers.get(HEADER.streamClosed) ?? undefined),
  };
  const texts = {
    contentType: headers.get(HEADER.contentType),
    offset: headers.get(HEADER.streamNextOffset),
    etag: headers.get(HEADER.etag),
    cacheControl: headers.get(HEADER.cacheControl),
    expiresAt: headers.get(HEADER.streamExpiresAt),
  };
  const ttl = headers.get(HEADER.streamTtl);
  for (const [name, value] of Object.entries(texts))
    if (value !== null) Object.assign(found, { [name]: value });
  return ttl === null ? found : { ...found, ttlSeconds: Number(ttl) };
}
