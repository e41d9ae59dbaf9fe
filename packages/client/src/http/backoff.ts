import type { BackoffOptions } from "../options.ts";
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
export const BackoffDefaults: BackoffOptions = {
  initialDelay: 100,
  maxDelay: 60_000,
  multiplier: 1.3,
  maxRetries: Number.POSITIVE_INFINITY,
};

/** Backoff options without gaps that matter. */
export type BackoffPolicy = BackoffOptions & Required<Pick<BackoffOptions, "maxRetries" | "deadline">>;

const DEFAULTS: BackoffPolicy = {
  ...BackoffDefaults,
  maxRetries: Number.POSITIVE_INFINITY,
  deadline: Number.POSITIVE_INFINITY,
};

/** Fills the gaps of (possibly partial) options with the defaults. */
export function backoffPolicy(options: Partial<BackoffOptions> | undefined): BackoffPolicy {
  return withDefaults(DEFAULTS, options);
}

/**
 * How long to wait after so many failures in a row: full jitter over a bound that grows from `initialDelay` to
 * `maxDelay`, and never less than what the server asked for.
 *
 * @param failures - failures so far, from 1
 * @param random - a number in `[0, 1)`
 * @param retryAfterMs - what the server asked for, in ms; 0 if nothing
 * @returns the wait in ms
 */
export function backoffDelay(
  policy: BackoffPolicy,
  failures: number,
  random: number,
  retryAfterMs = 0,
): number {
  const bound = policy.initialDelay * policy.multiplier ** (failures - 1);
  return Math.max(retryAfterMs, random * Math.min(bound, policy.maxDelay));
}
