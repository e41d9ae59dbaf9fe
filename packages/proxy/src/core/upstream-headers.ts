/** Which headers of a request go on to the upstream. */
import { HTTP_HEADER } from "@perennial/protocol";
import { PROXY_HEADER } from "./words.ts";

/** Of one connection, or the proxy's own: they never go on. */
export const HOP_BY_HOP_HEADERS: Set<string> = new Set([
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "upgrade",
  ...[
    HTTP_HEADER.connection,
    HTTP_HEADER.transferEncoding,
    HTTP_HEADER.host,
    HTTP_HEADER.authorization,
    HTTP_HEADER.acceptEncoding,
    HTTP_HEADER.contentLength,
  ].map((name) => name.toLowerCase()),
]);

const OURS = new Set(
  [
    PROXY_HEADER.upstreamUrl,
    PROXY_HEADER.upstreamMethod,
    PROXY_HEADER.upstreamAuthorization,
    PROXY_HEADER.proxyToken,
    "trailers",
    "expect",
  ].map((name) => name.toLowerCase()),
);

/** Of the client and its way here, which are nobody else's business. Options may let single ones through. */
const PRIVATE = /^(?:cookie|origin|referer|forwarded|via|x-real-ip|x-forwarded-.*|sec-.*|proxy-.*|cf-.*)$/;

/** Headers as Node has them. */
export type HeaderRecord = Record<string, string | string[] | undefined>;

/**
 * The headers for the upstream. `Upstream-Authorization` becomes `Authorization`; values of one name are joined.
 *
 * @param upstreamHostname the value of `Host`
 * @param allowed names, in lower case, that go on although they tell of the client, such as `cookie`
 */
export function filterHeadersForUpstream(
  headers: HeaderRecord,
  upstreamHostname: string,
  allowed: ReadonlySet<string> = new Set(),
): Record<string, string> {
  const kept: Record<string, string> = {};
  const ofConnection = new Set(connectionOptions(headers));
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (value === undefined || HOP_BY_HOP_HEADERS.has(lower) || OURS.has(lower)) continue;
    if (ofConnection.has(lower) || (PRIVATE.test(lower) && !allowed.has(lower))) continue;
    kept[lower] = Array.isArray(value) ? value.join(", ") : value;
  }
  const authorization = headerOf(headers, PROXY_HEADER.upstreamAuthorization);
  if (authorization !== undefined) kept[HTTP_HEADER.authorization.toLowerCase()] = authorization;
  kept[HTTP_HEADER.host.toLowerCase()] = upstreamHostname;
  return kept;
}

function connectionOptions(headers: HeaderRecord): string[] {
  const value = headerOf(headers, HTTP_HEADER.connection) ?? "";
  return value.split(",").map((name) => name.trim().toLowerCase());
}

function headerOf(headers: HeaderRecord, name: string): string | undefined {
  const found = Object.entries(headers).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  return Array.isArray(found) ? found.join(", ") : found;
}
