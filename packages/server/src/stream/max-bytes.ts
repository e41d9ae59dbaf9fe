/** The limit that a stream may be created with: an extension, described in docs/extensions.md. */
import type { Rejection } from "./rejections.ts";

/**
 * Refuses bytes that would take a stream beyond its limit. What does not fit is refused whole, so that a batch is all or
 * nothing.
 *
 * @param maxBytes the stream's limit; undefined for none
 * @param size the stored bytes that it has, inherited ones included
 * @param added the stored bytes that the request would add
 */
export function judgeSize(maxBytes: number | undefined, size: number, added: number): Rejection | undefined {
  if (maxBytes === undefined || size + added <= maxBytes) return undefined;
  return { kind: "stream-max-bytes", limit: maxBytes, size, added };
}
