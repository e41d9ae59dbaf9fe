import { FetchBackoffAbortError } from "../errors/abort-error.ts";

/**
 * Waits for `ms` milliseconds, or until the signal is aborted.
 *
 * @throws FetchBackoffAbortError as soon as the signal is aborted
 */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new FetchBackoffAbortError());
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(new FetchBackoffAbortError());
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}
