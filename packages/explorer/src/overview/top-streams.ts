/** The few of many streams that are worth a look. */

/**
 * The streams that sorting would put first, in that order, without sorting them all.
 *
 * @param compare below 0: the first one comes before the second
 */
export function topStreams<T>(streams: readonly T[], count: number, compare: (a: T, b: T) => number): T[] {
  const top: T[] = [];
  for (const stream of streams) {
    const last = top[count - 1];
    if (last !== undefined && compare(last, stream) <= 0) continue;
    const place = top.findIndex((other) => compare(stream, other) < 0);
    top.splice(place < 0 ? top.length : place, 0, stream);
    if (top.length > count) top.pop();
  }
  return top;
}
