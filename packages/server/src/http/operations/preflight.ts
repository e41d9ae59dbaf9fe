/** OPTIONS: what a page on another origin may do (protocol §3.5). Any path, existing or not. */
import { ALLOWED_HEADERS } from "../message/cors.ts";
import type { Reply } from "../message/reply.ts";

/** Methods that a stream answers to. */
export const STREAM_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

const REPLY: Reply = {
  status: 204,
  headers: [
    "Access-Control-Allow-Methods",
    STREAM_METHODS,
    "Access-Control-Allow-Headers",
    ALLOWED_HEADERS.join(", "),
    "Access-Control-Max-Age",
    "86400",
    "Allow",
    STREAM_METHODS,
  ],
  body: undefined,
};

export function preflight(): Reply {
  return REPLY;
}
