/**
 * The part of a long list that is laid out. Browsers draw nothing beyond some 17 million pixels, so of a list that
 * is longer, a window of rows is laid out, which moves when its edge comes near.
 */

/** Rows laid out at once: 13 million pixels of 26. */
export const WINDOW_ROWS = 500_000;
/** The window moves when fewer rows than this are left on a side that has more. */
const EDGE_ROWS = 2000;

/**
 * The first row of the window.
 *
 * @param first the one in force
 * @param visible the first row in sight
 * @param count all rows
 */
export function windowStart(first: number, visible: number, count: number): number {
  const last = Math.max(0, count - WINDOW_ROWS);
  const isNearTop = first > 0 && visible < first + EDGE_ROWS;
  const isNearBottom = first < last && visible > first + WINDOW_ROWS - EDGE_ROWS;
  if (!isNearTop && !isNearBottom) return Math.min(first, last);
  return Math.max(0, Math.min(last, visible - WINDOW_ROWS / 2));
}
