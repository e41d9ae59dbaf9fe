/** The longest delay of a timer, in ms: about 25 days. Timers set to more run out at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

/** Waits for `ms` milliseconds (`TIMER_MAX_MS` at most), or until the signal is aborted. */
export function sleep(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, TIMER_MAX_MS));
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}
