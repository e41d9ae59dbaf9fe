import type { Latency } from "../measure/latency.ts";

/** How often each kind of failure happened: a status ("404"), "socket", "timeout", "missing". */
export type Errors = Readonly<Record<string, number>>;

/** What a generator saw. */
export interface LoadResult {
  /** Operations that succeeded within the time. */
  readonly operations: number;
  /** How long it measured, seconds. */
  readonly seconds: number;
  readonly latency: Latency | undefined;
  readonly errors: Errors;
}

/** All failures together. */
export function countErrors(errors: Errors): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}

/** Adds up failures of the same kind. */
export function addErrors(...all: readonly Errors[]): Errors {
  const sum: Record<string, number> = {};
  for (const errors of all) {
    for (const [kind, count] of Object.entries(errors)) {
      if (count > 0) sum[kind] = (sum[kind] ?? 0) + count;
    }
  }
  return sum;
}
