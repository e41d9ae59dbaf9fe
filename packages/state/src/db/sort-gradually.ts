/** How many keys are sorted at a stretch: some 2 ms. */
export const STRETCH = 2048;

/**
 * Sorts keys as `sort()` does, and pauses again and again: 100,000 would keep the event loop for 100 ms.
 *
 * @param stretch how many are sorted, or merged, between two pauses
 */
export function* sortGradually(
  keys: readonly string[],
  stretch = STRETCH,
): Generator<void, readonly string[]> {
  let runs: (readonly string[])[] = [];
  for (let from = 0; from < keys.length; from += stretch) {
    runs.push(keys.slice(from, from + stretch).sort());
    yield;
  }
  while (runs.length > 1) {
    const merged: (readonly string[])[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(yield* merge(runs[index] as readonly string[], runs[index + 1] ?? [], stretch));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Merges two sorted lists into one. */
function* merge(
  a: readonly string[],
  b: readonly string[],
  stretch: number,
): Generator<void, readonly string[]> {
  if (b.length === 0) return a;
  const merged: string[] = [];
  let [nextA, nextB] = [0, 0];
  while (nextA < a.length || nextB < b.length) {
    const takesA = nextB >= b.length || (nextA < a.length && (a[nextA] as string) <= (b[nextB] as string));
    merged.push((takesA ? a[nextA++] : b[nextB++]) as string);
    if (merged.length % stretch === 0) yield;
  }
  return merged;
}
