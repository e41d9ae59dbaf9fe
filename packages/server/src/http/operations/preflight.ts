/** OPTIONS: what a page on another origin may do (protocol §3.5). Any path, existing or not. */
import type { Reply } from "../message/reply.ts";

const ALLOWED_HEADERS = [
  "Content-Type",
  "Authorization",
  "If-None-Match",
  "Last-Event-ID",
  "Stream-Seq",
  "Stream-TTL",
  "Stream-Expires-At",
  "Stream-Closed",
  "Producer-Id",
  "Producer-Epoch",
  "Producer-Seq",
  "Stream-Forked-From",
  "Stream-Fork-Offset",
  "Stream-Fork-Sub-Offset",
].join(", ");

/** Methods that a stream answers to. */
export const STREAM_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

const REPLY: Reply = {
  status: 204,
  headers: [
    "Access-Control-Allow-Methods",
    STREAM_METHODS,
    "Access-Control-Allow-Headers",
    ALLOWED_HEADERS,
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
