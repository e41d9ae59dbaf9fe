/** Headers of answers: what passes on from below, and what pages of other origins may see. */
import { HEADER } from "../../core/headers.ts";

const CORS: Readonly<Record<string, string>> = {
  [HEADER.allowOrigin]: "*",
  [HEADER.allowMethods]: "GET, HEAD, POST, PUT, DELETE, OPTIONS",
  [HEADER.allowHeaders]:
    "authorization, content-type, if-none-match, stream-ttl, stream-expires-at, stream-offset, stream-live, producer-id, producer-epoch, producer-seq, stream-producer-id, stream-producer-epoch, stream-producer-seq",
  [HEADER.exposeHeaders]:
    "stream-next-offset, stream-up-to-date, stream-cursor, stream-closed, stream-sse-data-encoding, producer-epoch, producer-seq, producer-expected-seq, producer-received-seq, etag, location, retry-after, content-type",
  [HEADER.maxAge]: "86400",
};

/** Of one connection, or of a body that was decoded on the way. */
const DROPPED =
  /^(?:access-control-.*|connection|keep-alive|transfer-encoding|content-encoding|content-length|date|location)$/;

/** Adds what lets pages of any origin read the answer. */
export function withCors(headers: Headers): Headers {
  for (const [name, value] of Object.entries(CORS)) headers.set(name, value);
  return headers;
}

/** The headers of an answer from below that are for clients. */
export function passedHeaders(from: Headers): Headers {
  const headers = new Headers();
  for (const [name, value] of from) if (!DROPPED.test(name)) headers.append(name, value);
  return headers;
}

/** Those of a request's headers that are named, as far as they are there. */
export function pickHeaders(from: Headers, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) picked[name] = value;
  }
  return picked;
}
