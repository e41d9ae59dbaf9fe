/** Folding what changed in the server's list into what is known of all streams. */
import type { ListedStream } from "@perennial/protocol";
import { observe, type StreamEntry } from "./merge-page.ts";

/** What changed since the last look. */
export interface ListChanges {
  readonly streams: readonly ListedStream[];
  /** Paths that are gone. */
  readonly removed: readonly string[];
}

/**
 * The list with its changes. What has not changed stands still: nothing was written to it meanwhile.
 *
 * @param entries sorted by path; not changed
 * @param now when the changes were asked for, ms
 */
export function mergeChanges(
  entries: readonly StreamEntry[],
  { streams, removed }: ListChanges,
  now: number,
): readonly StreamEntry[] {
  const isStill = entries.every(({ rate }) => rate === 0);
  if (streams.length === 0 && removed.length === 0 && isStill) return entries;
  const gone = new Set(removed);
  const changed = [...streams].sort((a, b) => (a.path < b.path ? -1 : 1));
  const merged: StreamEntry[] = [];
  let next = 0;
  for (const entry of entries) {
    while (next < changed.length && changed[next]!.path < entry.path)
      merged.push(observe(undefined, changed[next++]!, now));
    const stream = changed[next]?.path === entry.path ? changed[next++] : undefined;
    if (stream !== undefined) merged.push(observe(entry, stream, now));
    else if (!gone.has(entry.path)) merged.push(entry.rate === 0 ? entry : observe(entry, entry, now));
  }
  for (const stream of changed.slice(next)) merged.push(observe(undefined, stream, now));
  return merged;
}
