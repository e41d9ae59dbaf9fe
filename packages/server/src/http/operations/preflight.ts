/** OPTIONS: what a page on another origin may do (protocol §3.5). Any path, existing or not. */
import { HTTP_HEADER } from "@perennial/protocol";
import { ALLOWED_HEADERS } from "../message/cors.ts";
import type { Reply } from "../message/reply.ts";

/** Methods that a stream answers to. */
export const STREAM_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

const REPLY: Reply = {
  status: 204,
  headers: [
    HTTP_HEADER.allowMethods,
    STREAM_METHODS,
    HTTP_HEADER.allowHeaders,
    ALLOWED_HEADERS.join(", "),
    HTTP_HEADER.maxAge,
    "86400",
    HTTP_HEADER.allow,
    STREAM_METHODS,
  ],
  body: undefined,
};

export function preflight(): Reply {
  return REPLY;
}
