/** What lets pages of other origins read an answer (protocol §3.5). */
import { HTTP_HEADER, mayUse, type Wall } from "@perennial/protocol";
import { EXPOSED_HEADERS } from "../message/cors.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";

const EXPOSE = [HTTP_HEADER.exposeHeaders, EXPOSED_HEADERS.join(", ")];

/** The line of every reply that says for whom it is: for all pages, or that it differs by whose page asked. */
export function audience({ origins }: Wall): readonly [name: string, value: string] {
  return origins.kind === "any" ? [HTTP_HEADER.allowOrigin, "*"] : [HTTP_HEADER.vary, HTTP_HEADER.origin];
}

/**
 * The reply to a request that got through the wall, readable for its page. The list of readable headers is for pages on other
 * origins, which send `Origin`, and for whoever gets a cached answer to somebody else's GET. A writer without an origin is
 * spared its 300 bytes.
 */
export function readable(wall: Wall, request: HttpRequest, reply: Reply): Reply {
  const origin = request.header(HTTP_HEADER.origin);
  if (request.method !== "GET" && origin === undefined) return reply;
  const isNamed = origin !== undefined && wall.origins.kind !== "any" && mayUse(wall, origin, request);
  const allowed = isNamed ? [HTTP_HEADER.allowOrigin, origin] : [];
  return { ...reply, headers: [...reply.headers, ...allowed, ...EXPOSE] };
}
