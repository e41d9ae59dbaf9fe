import { DurableStream, FetchError, type HeadersRecord } from "@perennial/client";

/** Where timelines are. */
export interface TimelinePlace {
  /** The address below which their streams lie, such as `http://localhost:4437/v1/stream/games`. */
  readonly streamsUrl: string | URL;
  /** Sent with every request. Functions are called for each. */
  readonly headers?: HeadersRecord | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** What a timeline may be called: 1 to 64 letters, digits, `_` and `-`. It may come from a link that a stranger made. */
export const isTimelineName = (name: unknown): name is string =>
  typeof name === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(name);

/** The streams beside a timeline's frames: what snapshots there are, and hashes of states. Both hold JSON. */
export type Side = "snapshots" | "hashes";

export const FRAMES_TYPE = "application/octet-stream";
export const SIDE_TYPE = "application/json";

/** The address of a timeline's frames, or of what lies below them. @throws RangeError for a name that is none */
export function timelineUrl(
  { streamsUrl }: TimelinePlace,
  name: string,
  ...below: readonly string[]
): string {
  if (!isTimelineName(name))
    throw new RangeError(`no name of a timeline: ${JSON.stringify(name).slice(0, 100)}`);
  const url = new URL(streamsUrl);
  url.pathname = [url.pathname.replace(/\/$/, ""), name, ...below].join("/");
  return url.href;
}

/** A handle on a stream of a place. */
export function handleAt(place: TimelinePlace, url: string, contentType: string): DurableStream {
  const { headers, fetch } = place;
  return new DurableStream({ url, headers, fetch, contentType, batching: false, warnOnHttp: false });
}

/** Whether a stream is not there, or not any more. */
export const isMissing = (error: unknown): boolean =>
  error instanceof FetchError && (error.status === 404 || error.status === 410);
