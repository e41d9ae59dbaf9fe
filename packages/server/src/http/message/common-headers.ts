/** Headers that every reply carries, errors included (protocol §3.4 and §3.5). */
import type { Config } from "../../config.ts";

/** Names and values in turn. */
export function commonHeaders(config: Config): readonly string[] {
  return [
    "X-Content-Type-Options",
    "nosniff",
    "Cross-Origin-Resource-Policy",
    "cross-origin",
    "Access-Control-Allow-Origin",
    config.corsOrigin,
  ];
}
