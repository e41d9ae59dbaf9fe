/** What pages of other origins may send and see. */
import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import { PROXY_HEADER } from "../../core/words.ts";

const METHODS = "GET, POST, PUT, HEAD, PATCH, DELETE, OPTIONS";
const ALLOWED = [
  PROXY_HEADER.upstreamUrl,
  PROXY_HEADER.upstreamAuthorization,
  PROXY_HEADER.upstreamMethod,
  PROXY_HEADER.proxyToken,
  PROXY_HEADER.idempotencyKey,
  HEADER.contentType,
  HTTP_HEADER.authorization,
];
const EXPOSED = [
  HEADER.location,
  PROXY_HEADER.upstreamContentType,
  PROXY_HEADER.upstreamStatus,
  PROXY_HEADER.upstreamOutcome,
  HEADER.streamNextOffset,
  HEADER.streamUpToDate,
  HEADER.streamCursor,
  HEADER.streamSseDataEncoding,
  "Stream-Total-Size",
  "Stream-Write-Units",
  HEADER.streamClosed,
  HEADER.streamExpiresAt,
  HEADER.etag,
  HEADER.cacheControl,
  HEADER.retryAfter,
].join(", ");
const MAX_AGE_SECONDS = 86_400;
const REQUESTED = "access-control-request-headers";
const NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z, -]{1,4096}$/;

/**
 * Adds what lets pages read the answer. Credentials are in headers that a page gives itself, never in cookies, so any header may be
 * asked for: upstreams have keys in headers of many names.
 */
export function withCors(response: Response, request: Request, origin: string): Response {
  const { headers } = response;
  headers.set(HTTP_HEADER.allowOrigin, origin);
  headers.set(HTTP_HEADER.allowMethods, METHODS);
  headers.set(HTTP_HEADER.exposeHeaders, EXPOSED);
  headers.set(HTTP_HEADER.contentTypeOptions, "nosniff");
  // What an upstream says is data, also where it says that it is a page.
  headers.set(HTTP_HEADER.contentSecurityPolicy, "sandbox; default-src 'none'");
  const requested = request.headers.get(REQUESTED);
  const more = requested !== null && NAMES.test(requested) ? requested.split(",") : [];
  const known = new Set(ALLOWED.map((name) => name.toLowerCase()));
  const asked = more.map((name) => name.trim()).filter((name) => !known.has(name.toLowerCase()));
  headers.set(HTTP_HEADER.allowHeaders, [...ALLOWED, ...asked.filter(Boolean)].join(", "));
  if (request.method === "OPTIONS") headers.set(HTTP_HEADER.maxAge, String(MAX_AGE_SECONDS));
  if (origin !== "*") headers.append(HTTP_HEADER.vary, HTTP_HEADER.origin);
  return response;
}
