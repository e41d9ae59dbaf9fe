/** Headers that every reply carries, errors included (protocol §3.4 and §3.5). */
import { HTTP_HEADER } from "@perennial/protocol";
import { audience } from "../access/page-headers.ts";
import type { Wall } from "../access/wall.ts";

/** Names and values in turn. */
export function commonHeaders(wall: Wall): readonly string[] {
  return [
    HTTP_HEADER.contentTypeOptions,
    "nosniff",
    HTTP_HEADER.resourcePolicy,
    "cross-origin",
    ...audience(wall),
  ];
}
