import { DurableStream, FetchError } from "@perennial/client";
import { FRAMES_TYPE, SIDE_TYPE, type Side, type TimelinePlace, timelineUrl } from "./place.ts";
import type { TimelineReader } from "./reader.ts";
import type { TimelineLimits } from "./recorder.ts";
import { isEntry, readAll } from "./side.ts";

/** Where every stream begins (protocol §4). From there a fork's place is counted in bytes, or messages. */
const BEGINNING = "0000000000000000_0000000000000000";

export interface ForkOptions extends TimelineLimits {
  readonly place: TimelinePlace;
  /** The timeline that is forked. */
  readonly from: string;
  /** What the fork is called. */
  readonly name: string;
  /** How many frames both have in common: 0 up to as many as are stored. */
  readonly tick: number;
  /** The timeline's, as it was read. */
  readonly reader: Pick<TimelineReader, "format" | "headerBytes">;
}

/**
 * Forks a timeline at an exact frame. Nothing is copied: the streams of the fork are forks of the streams, the one of snapshots
 * included, so a moment before the fork is as near in it as in the original.
 *
 * @throws FetchError: 400 if there are not so many frames, 404 if there is no such timeline
 */
export async function forkTimeline(options: ForkOptions): Promise<void> {
  const { place, from, name, tick, reader } = options;
  for (const side of ["snapshots", "hashes"] as const) await forkSide(options, side);
  const bytes = reader.headerBytes + tick * reader.format.frameBytes;
  await fork(options, timelineUrl(place, from), timelineUrl(place, name), FRAMES_TYPE, bytes);
}

/** Forks a stream beside the timeline behind its last entry that the fork has, too. */
async function forkSide(options: ForkOptions, side: Side): Promise<void> {
  const { place, from, name, tick } = options;
  const url = timelineUrl(place, name, side);
  const entries = await readAll(place, from, side);
  const later = entries.findIndex((entry) => isEntry(entry) && entry.tick > tick);
  const count = later === -1 ? entries.length : later;
  try {
    if (count > 0) return await fork(options, timelineUrl(place, from, side), url, SIDE_TYPE, count);
  } catch (error) {
    // Some servers count within one append only. It costs the fork its snapshots, and nothing else.
    if (!(error instanceof FetchError) || error.status !== 400) throw error;
  }
  const { headers, fetch } = place;
  const { maxBytes, ttlSeconds } = options;
  await DurableStream.create({
    url,
    headers,
    fetch,
    maxBytes,
    ttlSeconds,
    contentType: SIDE_TYPE,
    warnOnHttp: false,
  });
}

async function fork(
  { place: { headers, fetch }, maxBytes, ttlSeconds }: ForkOptions,
  source: string,
  url: string,
  contentType: string,
  forkSubOffset: number,
): Promise<void> {
  await DurableStream.create({
    ...{ url, headers, fetch, maxBytes, ttlSeconds, contentType, warnOnHttp: false },
    ...{ forkedFrom: new URL(source).pathname, forkOffset: BEGINNING, forkSubOffset },
  });
}
