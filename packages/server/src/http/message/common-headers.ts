/** Headers that every reply carries, errors included (protocol §3.4 and §3.5). */
import { HTTP_HEADER } from "@perennial/protocol";
import type { Config } from "../../config.ts";

/** Names and values in turn. */
export function commonHeaders(config: Config): readonly string[] {
  return [
    HTTP_HEADER.contentTypeOptions,
    "nosniff",
    HTTP_HEADER.resourcePolicy,
    "cross-origin",
    HTTP_HEADER.allowOrigin,
    config.corsOrigin,
  ];
}
