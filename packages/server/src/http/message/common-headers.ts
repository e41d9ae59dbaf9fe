/** Headers that every reply carries, errors included (protocol §3.4 and §3.5). */
import { HTTP_HEADER, type Wall } from "@perennial/protocol";
import { audience } from "../access/page-headers.ts";

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
