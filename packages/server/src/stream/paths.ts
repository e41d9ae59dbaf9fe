import { CONTROL_SEGMENT, STREAM_ROOT } from "@perennial/protocol";

/**
 * The longest path that a stream can have, bytes: what a key of an archive holds (1,978 bytes in LMDB with its usual page
 * size), with some reserve. Configuration sets a lower limit.
 */
export const PATH_BYTES_MAX = 1900;

/** Paths of the server's own streams: no request can name them, and no list shows them. */
export const OWN_ROOT = `${STREAM_ROOT}/${CONTROL_SEGMENT}/`;

/** Whether a stream is the server's own. */
export function isOwnPath(path: string): boolean {
  return path.startsWith(OWN_ROOT);
}

/**
 * The one order of paths: lists, pages and archives go by it. Canonical paths are ASCII, so it is the order of their
 * bytes, too.
 */
export function comparePaths(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
