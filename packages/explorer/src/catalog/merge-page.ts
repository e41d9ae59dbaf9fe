/** Folding a page of the server's list into what is known of all streams. */
import type { ListedStream } from "@perennial/protocol";

/** A stream, and how fast it grows. */
export interface StreamEntry extends ListedStream {
  /** When its growth was last measured, ms, and what its size was then. */
  readonly seenAt: number;
  readonly seenSize: number;
  /** Bytes per second between the last two looks. */
  readonly rate: number;
}

/** A part of the list as it is now: all streams with paths in (`after`, `through`], where `after` < `through`. */
export interface ListSegment {
  readonly after: string;
  /** undefined: to the end of the list. */
  readonly through: string | undefined;
  readonly streams: readonly ListedStream[];
}

/** Looks closer together than this, ms, say little about a rate: the one known stays. */
const RATE_INTERVAL_MS = 400;

/**
 * Replaces one part of the list: streams that are not in it any more are gone.
 *
 * @param entries sorted by path; not changed
 * @param now when the segment was fetched, ms
 */
export function mergeSegment(
  entries: readonly StreamEntry[],
  { after, through, streams }: ListSegment,
  now: number,
): StreamEntry[] {
  const from = after === "" ? 0 : firstAfter(entries, after);
  const to = through === undefined ? entries.length : firstAfter(entries, through);
  let old = from;
  const fresh = streams.map((stream) => {
    while (old < to && entries[old]!.path < stream.path) old++;
    const known = old < to && entries[old]!.path === stream.path ? entries[old] : undefined;
    return observe(known, stream, now);
  });
  return [...entries.slice(0, from), ...fresh, ...entries.slice(to)];
}

/** A stream as it was seen now, and how fast it has grown since it was seen before. */
export function observe(known: StreamEntry | undefined, stream: ListedStream, now: number): StreamEntry {
  if (known === undefined || known.createdAt !== stream.createdAt)
    return { ...stream, seenAt: now, seenSize: stream.size, rate: 0 };
  const { seenAt, seenSize, rate } = known;
  const elapsed = now - seenAt;
  if (elapsed < RATE_INTERVAL_MS) return { ...stream, seenAt, seenSize, rate };
  const growth = Math.max(0, stream.size - seenSize);
  return { ...stream, seenAt: now, seenSize: stream.size, rate: (growth * 1000) / elapsed };
}

/** The index of the first entry whose path is greater than `path`. */
export function firstAfter(entries: readonly { readonly path: string }[], path: string): number {
  return partition(entries, (entry) => entry.path <= path);
}

/** The index of the entry of this path, or of the first after it. */
export function firstAtOrAfter(entries: readonly { readonly path: string }[], path: string): number {
  return partition(entries, (entry) => entry.path < path);
}

/** How many entries at the beginning satisfy `isBefore`, which holds for a beginning of the list only. */
function partition<T>(entries: readonly T[], isBefore: (entry: T) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(entries[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
