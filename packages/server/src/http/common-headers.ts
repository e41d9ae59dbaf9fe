/** Headers that every reply carries, errors included (protocol sections 3.4 and 3.5). */
import type { Config } from "../config.ts";

const EXPOSED = [
  "Stream-Next-Offset",
  "Stream-Cursor",
  "Stream-Up-To-Date",
  "Stream-Closed",
  "Stream-TTL",
  "Stream-Expires-At",
  "Stream-SSE-Data-Encoding",
  "Producer-Epoch",
  "Producer-Seq",
  "Producer-Expected-Seq",
  "Producer-Received-Seq",
  "ETag",
  "Location",
  "Retry-After",
  "Content-Type",
  "Content-Encoding",
  "Vary",
].join(", ");

/** Names and values in turn. */
export function commonHeaders(config: Config): readonly string[] {
  return [
    "X-Content-Type-Options",
    "nosniff",
    "Cross-Origin-Resource-Policy",
    "cross-origin",
    "Access-Control-Allow-Origin",
    config.corsOrigin,
    "Access-Control-Expose-Headers",
    EXPOSED,
  ];
}
