import { DurableStreamError } from "./errors/durable-stream-error.ts";
import { warnIfUsingHttpInBrowser } from "./http/http-warning.ts";
import type { StreamOptions } from "./options.ts";
import { readRequests } from "./read/requests.ts";
import type { StreamPromise, StreamResponse } from "./read/response.ts";
import { SessionResponse } from "./read/session-response.ts";

/**
 * Reads a stream. Sends one plain GET and resolves when its headers have arrived; nothing more is requested until a
 * consumption method is called. Requests of the session that fail are repeated according to `backoffOptions`; those
 * that fail for good are shown to `onError`. A connection that breaks is resumed where it broke: nothing is lost and
 * nothing arrives twice.
 *
 * What it returns is also iterable: the messages of a JSON stream, the pieces of any other (text for `text/*`, else
 * bytes). `backoffOptions.deadline` bounds the first request, and how long connections may keep failing after that.
 *
 * @throws DurableStreamError `BAD_REQUEST` without a `url`, or when `params` sets `offset`, `live` or `cursor`;
 *   `UNKNOWN` when `signal` is, or was, aborted
 * @throws FetchError when the server refuses (401, 404, 410, ...) or retries are exhausted
 * @throws TypeError when `url` is relative
 * @example
 * ```ts
 * import { stream } from "@perennial/client";
 * const orders = stream<{ id: number }>({ url: "https://example.com/streams/orders", live: "sse" });
 * for await (const order of orders) console.log(order.id);
 * ```
 */
export function stream<TJson = unknown>(options: StreamOptions): StreamPromise<TJson> {
  const opening = open<TJson>(options);
  return Object.assign(opening as Promise<StreamResponse<TJson>>, {
    async *[Symbol.asyncIterator]() {
      yield* (await opening).messages() as AsyncIterable<TJson>;
    },
  });
}

async function open<TJson>(options: StreamOptions): Promise<SessionResponse<TJson>> {
  if (!options.url) {
    throw new DurableStreamError("stream() needs a url", "BAD_REQUEST");
  }
  warnIfUsingHttpInBrowser(options.url, options.warnOnHttp);
  const { signal } = options;
  const requests = readRequests(options);
  const start = { offset: options.offset ?? "-1", upToDate: false, streamClosed: false };
  try {
    signal?.throwIfAborted();
    const first = await requests.send(start, undefined, {
      signal,
      limit: requests.silence,
      watch: (response) => response,
    });
    return new SessionResponse<TJson>(options, requests, start, first);
  } catch (error) {
    throw signal?.aborted ? new DurableStreamError("Stream request was aborted", "UNKNOWN") : error;
  }
}
