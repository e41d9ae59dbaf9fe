/** The first wait is up to this long, and each further one up to twice as long as the one before, ms. */
const BASE_MS = 100;

/** How long to wait after so many failures in a row: at random, so that those who failed together do not return together. */
export function backoffMs(failures: number, maxMs: number): number {
  return Math.random() * Math.min(maxMs, BASE_MS * 2 ** Math.min(failures, 20));
}

/** A wait that can be cut short. */
export class Pause {
  #wake: (() => void) | undefined;

  /** Resolves after so many ms, when it is woken, or when the signal is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        // The signal outlives many waits.
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
      this.#wake = end;
    });
    this.#wake = undefined;
  }

  wake(): void {
    this.#wake?.();
  }
}
