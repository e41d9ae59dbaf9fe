import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/** Percentiles of a set of times, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

const HIGHEST_MICROSECONDS = 3_600_000_000;

/** A histogram of times with three significant digits (HDR), cheap enough to record every request. */
export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: HIGHEST_MICROSECONDS,
    figures: 3,
  });

  /** Records one time, in milliseconds; less than a microsecond counts as one. */
  record(milliseconds: number): void {
    const microseconds = Math.round(milliseconds * 1000);
    this.#histogram.record(Math.min(Math.max(microseconds, 1), HIGHEST_MICROSECONDS));
  }

  /** How many times were recorded. */
  get count(): number {
    return this.#histogram.count;
  }

  /** The percentiles so far; undefined while nothing was recorded. */
  latency(): Latency | undefined {
    if (this.count === 0) return undefined;
    const at = (percentile: number) => this.#histogram.percentile(percentile) / 1000;
    return { p50: at(50), p99: at(99), p999: at(99.9), max: this.#histogram.max / 1000 };
  }
}
