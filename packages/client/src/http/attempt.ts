import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { unlessOver } from "./timer.ts";

/**
 * Runs one attempt of a request under a time limit. When that is over, or the signal is aborted, the attempt is given
 * up, also where `fetch` does not heed its signal. Without a limit the request keeps the signal that it was given, for
 * whoever reads the body.
 *
 * Without a signal a silent peer would keep its connection.
 *
 * @param ms - the limit
 * @param controller - what cuts the attempt
 * @throws an error named `TimeoutError` when it is over; FetchBackoffAbortError when the signal was aborted
 */
export function withinLimit<T>(
  ms: number,
  signal: AbortSignal | null | undefined,
  attempt: (signal: AbortSignal | null | undefined) => Promise<T>,
  controller = new AbortController(),
): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return attempt(signal);
  return unlessOver(ms, signal, attempt(controller.signal), () => {
    controller.abort();
    return signal?.aborted ? new FetchBackoffAbortError() : timeoutError(ms);
  });
}

/** The error of a peer that took longer than it was given. */
export function timeoutError(ms: number): Error {
  return Object.assign(new Error(`No answer within ${ms} ms`), { name: "TimeoutError" });
}
