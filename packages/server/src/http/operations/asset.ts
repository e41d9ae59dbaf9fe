/** GET of a file of the Stream Explorer, described in docs/explorer.md. */
import { HEADER, HTTP_HEADER, matchesIfNoneMatch } from "@perennial/protocol";
import type { Asset } from "../assets.ts";
import { problemReply } from "../errors.ts";
import { acceptsGzip, gzipTag } from "../message/gzip.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";

/** A year, which is as long as caches keep anything. */
const IMMUTABLE = "public, max-age=31536000, immutable";
const REVALIDATE = "no-cache";

/**
 * The page may use its own scripts, styles and fonts and talk to its own origin, and nothing else: whatever a stream
 * holds, it cannot make a browser run or load anything. Pictures and sounds that streams hold are shown from memory.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob:",
  "media-src blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function asset(request: HttpRequest, found: Asset): Reply {
  const { method } = request;
  if (method !== "GET" && method !== "HEAD")
    return problemReply({ kind: "method-not-allowed", allow: "GET, HEAD, OPTIONS" });
  const compressed = acceptsGzip(request.header(HTTP_HEADER.acceptEncoding));
  const etag = compressed ? gzipTag(found.etag) : found.etag;
  const headers = [
    HEADER.etag,
    etag,
    HEADER.cacheControl,
    found.immutable ? IMMUTABLE : REVALIDATE,
    HTTP_HEADER.vary,
    HTTP_HEADER.acceptEncoding,
  ];
  const condition = request.header(HEADER.ifNoneMatch);
  if (condition !== undefined && matchesIfNoneMatch(condition, etag))
    return { status: 304, headers, body: undefined };
  headers.push(
    HEADER.contentType,
    found.contentType,
    HTTP_HEADER.contentSecurityPolicy,
    CONTENT_SECURITY_POLICY,
    HTTP_HEADER.referrerPolicy,
    "no-referrer",
  );
  if (compressed) headers.push(HTTP_HEADER.contentEncoding, "gzip");
  if (method === "HEAD") return { status: 200, headers, body: undefined };
  return { status: 200, headers, body: compressed ? found.gzip : found.body };
}
