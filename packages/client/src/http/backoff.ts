import type { BackoffOptions } from "../resilience-options.ts";
import { withDefaults } from "./defaults.ts";

/**
 * The default for repeating failed requests: waits of up to 100 ms at first and 60 s at last, without end. A writer
 * that must not wait forever sets `maxRetries` or `deadline`.
 *
 * @example
 * ```ts
 * import { BackoffDefaults, DurableStream } from "@perennial/client";
 * const backoffOptions = { ...BackoffDefaults, deadline: 30_000 };
 * const handle = new DurableStream({ url: "https://example.com/streams/orders", backoffOptions });
 * ```
 */
export const BackoffDefaults: BackoffOptions & Pick<BackoffPolicy, "maxRetries"> = {
  initialDelay: 100,
  maxDelay: 60_000,
  multiplier: 1.3,
  maxRetries: Number.POSITIVE_INFINITY,
};

/** Backoff options without gaps that matter. */
export type BackoffPolicy = BackoffOptions &
  Required<Pick<BackoffOptions, "maxRetries" | "deadline" | "attemptTimeout">>;

/** An answer takes seconds, even of a busy server; a peer that is silent for so long is gone. In ms. */
const ATTEMPT_TIMEOUT_MS = 30_000;
/** What the slowest line carries, in bytes per ms: a large body gets as much more time. */
const UPLOAD_RATE_MIN = 16;

const DEFAULTS: BackoffPolicy = {
  ...BackoffDefaults,
  deadline: Number.POSITIVE_INFINITY,
  attemptTimeout: ATTEMPT_TIMEOUT_MS,
};

/** What one attempt to write a body of so many bytes may take, in ms. */
export function attemptLimit({ attemptTimeout }: BackoffPolicy, length = 0): number {
  return attemptTimeout + length / UPLOAD_RATE_MIN;
}

/** Fills the gaps of (possibly partial) options with the defaults. */
export function backoffPolicy(options: Partial<BackoffOptions> | undefined): BackoffPolicy {
  return withDefaults(DEFAULTS, options);
}

/**
 * How long to wait at most after so many failures in a row: the bound grows from `initialDelay` to `maxDelay`. The
 * wait itself is drawn at random below it (full jitter).
 *
 * @param failures - failures so far, from 1
 * @returns the bound in ms
 */
export function backoffBound(
  { initialDelay, multiplier, maxDelay }: BackoffPolicy,
  failures: number,
): number {
  return Math.min(initialDelay * multiplier ** (failures - 1), maxDelay);
}
