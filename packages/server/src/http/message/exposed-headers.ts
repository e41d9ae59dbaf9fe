/** Which headers a page on another origin may read (protocol §3.5). */
import { HTTP_HEADER } from "@perennial/protocol";
import { EXPOSED_HEADERS } from "./cors.ts";
import type { Reply } from "./reply.ts";
import type { HttpRequest } from "./request.ts";

const EXPOSE = [HTTP_HEADER.exposeHeaders, EXPOSED_HEADERS.join(", ")];

/**
 * The reply, with the list of readable headers for those who may need it: pages on other origins, which send `Origin`,
 * and whoever gets a cached answer to somebody else's GET. A writer without an origin is spared its 300 bytes.
 */
export function exposed(request: HttpRequest, reply: Reply): Reply {
  if (request.method !== "GET" && request.header(HTTP_HEADER.origin) === undefined) return reply;
  return { ...reply, headers: [...reply.headers, ...EXPOSE] };
}
