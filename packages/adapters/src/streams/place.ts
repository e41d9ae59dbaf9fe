import { DurableStream, type DurableStreamOptions, type HeadersRecord } from "@perennial/client";

/** Where an adapter keeps its streams. */
export interface StreamsPlace {
  /** The address below which they lie, such as `http://localhost:4437/v1/stream/my-app`. */
  readonly streamsUrl: string | URL;
  /** Sent with every request. Functions are called for each. */
  readonly headers?: HeadersRecord | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How failed requests are repeated. Default: for half a minute. */
  readonly backoffOptions?: DurableStreamOptions["backoffOptions"];
}

/** Somebody waits for the answer: what cannot be reached is said after a while. */
const BACKOFF = { maxDelay: 2_000, deadline: 30_000 };

/** The address of a stream below a place. Names may hold anything. */
export function streamUrl({ streamsUrl }: StreamsPlace, ...names: readonly string[]): string {
  const url = new URL(streamsUrl);
  const path = url.pathname.replace(/\/$/, "");
  url.pathname = [path, ...names.map(segmentOf)].join("/");
  return url.href;
}

/** A name as one segment of a path. Dots alone would be taken for a way up, and nothing for no segment at all. */
function segmentOf(name: string): string {
  return /^\.{0,2}$/.test(name) ? `_${name}` : encodeURIComponent(name).replace(/^_/, "__");
}

/** A handle on a JSON stream below a place, each of whose appends is a request of its own. */
export function handleAt(place: StreamsPlace, ...names: readonly string[]): DurableStream {
  const { headers, fetch, backoffOptions = BACKOFF } = place;
  const url = streamUrl(place, ...names);
  return new DurableStream({
    ...{ url, headers, fetch, backoffOptions, batching: false },
    ...{ contentType: "application/json", warnOnHttp: false },
  });
}
