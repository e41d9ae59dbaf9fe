/**
 * The longest path that a stream can have, bytes: what a key of an archive holds (1,978 bytes in LMDB with its usual page
 * size), with some reserve. Configuration sets a lower limit.
 */
export const PATH_BYTES_MAX = 1900;

/**
 * The one order of paths: lists, pages and archives go by it. Canonical paths are ASCII, so it is the order of their
 * bytes, too.
 */
export function comparePaths(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
