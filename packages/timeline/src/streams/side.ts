import { stream } from "@perennial/client";
import { followJson } from "./follow-json.ts";
import { handleAt, isMissing, SIDE_TYPE, type Side, type TimelinePlace, timelineUrl } from "./place.ts";

/** An entry of a stream beside a timeline: it is about a moment. */
export interface SideEntry {
  readonly tick: number;
}

/** Reads the entries that a value is or is not, one by one. */
export type ReadEntry<T extends SideEntry> = (value: unknown) => T | undefined;

/** So many entries of a stream beside a timeline are read: one a second is for more than a day. */
const MAX_ENTRIES = 100_000;

/** Appends an entry, once, whatever answers are lost. @throws FetchError, or the error of `fetch` after half a minute */
export async function appendEntry(
  place: TimelinePlace,
  name: string,
  side: Side,
  entry: SideEntry,
): Promise<void> {
  const handle = handleAt(place, timelineUrl(place, name, side), SIDE_TYPE);
  const once = { producerId: crypto.randomUUID(), producerEpoch: 0, producerSeq: 0 };
  await handle.append(JSON.stringify(entry), { ...once, signal: AbortSignal.timeout(30_000) });
}

/**
 * Follows a stream beside a timeline until the signal is aborted. One that is not there, or ends, has no more entries; what is no
 * entry is left out.
 */
export async function followSide<T extends SideEntry>(
  place: TimelinePlace,
  name: string,
  side: Side,
  read: ReadEntry<T>,
  options: { readonly onEntry: (entry: T) => void; readonly signal: AbortSignal; readonly live: boolean },
): Promise<void> {
  const { onEntry, signal, live } = options;
  const { headers, fetch } = place;
  let count = 0;
  await followJson({ url: timelineUrl(place, name, side), headers, fetch, signal, live }, (items) => {
    for (const item of items) {
      if (++count > MAX_ENTRIES) return false;
      const entry = read(item);
      if (entry !== undefined) onEntry(entry);
    }
    return true;
  });
}

/** All entries of a stream beside a timeline, and what is none; none if there is no stream. */
export async function readAll(place: TimelinePlace, name: string, side: Side): Promise<readonly unknown[]> {
  const { headers, fetch } = place;
  try {
    const url = timelineUrl(place, name, side);
    const response = await stream({ url, headers, fetch, json: true, live: false, warnOnHttp: false });
    return await response.json();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether a value is an entry at all. */
export function isEntry(value: unknown): value is SideEntry & Record<string, unknown> {
  const { tick } = (value ?? {}) as { tick?: unknown };
  return typeof tick === "number" && Number.isSafeInteger(tick) && tick >= 0;
}
