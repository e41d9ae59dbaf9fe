import { createHistogram } from "node:perf_hooks";

/** What one kind of operation came to. */
export interface Figures {
  readonly operations: number;
  readonly errors: number;
  readonly perSecond: number;
  /** Latencies of those that succeeded, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Latencies are kept in steps of this, ms, up to a minute. */
const STEP_MS = 0.01;

/** Gathers latencies in bounded memory. */
export class Meter {
  readonly #histogram = createHistogram({ lowest: 1, highest: 60_000 / STEP_MS, figures: 3 });
  #errors = 0;

  succeeded(latencyMs: number): void {
    this.#histogram.record(Math.min(60_000 / STEP_MS, Math.max(1, Math.round(latencyMs / STEP_MS))));
  }

  failed(): void {
    this.#errors += 1;
  }

  figures(elapsedMs: number): Figures {
    const { count, max } = this.#histogram;
    const percentile = (share: number) => (count === 0 ? 0 : this.#histogram.percentile(share) * STEP_MS);
    return {
      operations: count,
      errors: this.#errors,
      perSecond: Math.round((count * 1000) / elapsedMs),
      p50Ms: percentile(50),
      p99Ms: percentile(99),
      maxMs: count === 0 ? 0 : max * STEP_MS,
    };
  }
}
