import { FetchBackoffAbortError } from "../errors/abort-error.ts";

/**
 * Waits for `ms` milliseconds, or until the signal is aborted.
 *
 * @throws FetchBackoffAbortError as soon as the signal is aborted
 */
export function sleep(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(new FetchBackoffAbortError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
