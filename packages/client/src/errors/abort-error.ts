/**
 * A request with retries was given up because its signal was aborted.
 *
 * @example
 * ```ts
 * import { DurableStream, FetchBackoffAbortError } from "@perennial/client";
 * const handle = new DurableStream({ url: "https://example.com/streams/orders" });
 * const signal = AbortSignal.timeout(5_000);
 * await handle.append("order 1", { signal }).catch((error: unknown) => {
 *   if (!(error instanceof FetchBackoffAbortError)) throw error;
 * });
 * ```
 */
export class FetchBackoffAbortError extends Error {
  constructor() {
    super("Fetch with backoff aborted");
    this.name = "FetchBackoffAbortError";
  }
}
