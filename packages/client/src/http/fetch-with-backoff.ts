import { isForeign, RETRY_AFTER } from "@perennial/protocol";
import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import type { BackoffOptions } from "../resilience-options.ts";
import { addressOf, parseAddress } from "./address.ts";
import { withinLimit } from "./attempt.ts";
import { BackoffDefaults, type BackoffPolicy, backoffBound, backoffPolicy } from "./backoff.ts";
import { consumed } from "./consumed-body.ts";
import { retryAfterMs } from "./retry-after.ts";
import { sleep } from "./timer.ts";

/**
 * Wraps `fetch` with retries: 429, 5xx and network failures are tried again after a jittered wait that respects
 * `Retry-After` (capped at one hour). Redirections that `fetch` does not follow and 304 are passed through. With
 * `attemptTimeout` the response has arrived whole, as from `createFetchWithConsumedBody`, and a success whose body is late
 * is an error; without it nothing bounds an attempt.
 *
 * The returned function throws:
 * - `FetchError` for any other 4xx at once, and for the last response when retries are exhausted;
 * - the error of `fetch` itself, or one named `TimeoutError`, when retries are exhausted, or at once when the request can
 *   never work;
 * - `FetchBackoffAbortError` as soon as the request's signal is aborted, also during a wait.
 *
 * @example
 * ```ts
 * import { createFetchWithBackoff } from "@perennial/client";
 * const fetchPatiently = createFetchWithBackoff(fetch, { initialDelay: 100, maxDelay: 2_000, multiplier: 2 });
 * const response = await fetchPatiently("https://example.com/streams/orders");
 * ```
 */
export function createFetchWithBackoff(
  fetchClient: typeof fetch,
  backoffOptions: Partial<BackoffOptions> = BackoffDefaults,
): typeof fetch {
  const { attemptTimeout: attempt } = backoffOptions;
  return retryingFetch(fetchClient, backoffPolicy(backoffOptions), {
    canRepeat: (init, input) =>
      hasRepeatableBody(init) && (typeof input !== "string" || parseAddress(input) !== undefined),
    takesAny: true,
    ...(attempt && { attempt, consume: consumed }),
  });
}

/** As a limit, in ms. */
const NEVER = Number.POSITIVE_INFINITY;

/** How `retryingFetch` differs from what everybody may call. */
export interface RetryLimits {
  /** May veto a retry, for bodies that can be sent only once, and addresses that are none. */
  readonly canRepeat?: (init: RequestInit | undefined, input: string | URL | Request) => boolean;
  /** What is left to do of an attempt when its response is there. */
  readonly consume?: typeof consumed;
  /** What keeps an attempt within its limit. Default `withinLimit` */
  readonly within?: typeof withinLimit;
  /** Takes answers that no stream server gives, too. Default: they are errors, which are not repeated */
  readonly takesAny?: boolean;
  /** What one attempt may take, in ms. Default Infinity */
  readonly attempt?: number;
  /** What all attempts may take, in ms: one that is under way then is cut. Default Infinity */
  readonly all?: number;
}

/** As `createFetchWithBackoff`, with limits. A response below 400 that comes too late, or breaks, is not repeated. */
export function retryingFetch(
  fetchClient: typeof fetch,
  policy: BackoffPolicy,
  { canRepeat, consume, within = withinLimit, takesAny, attempt = NEVER, all = NEVER }: RetryLimits,
): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal;
    const started = Date.now();
    let error: unknown;
    for (let failures = 1; ; failures++) {
      if (signal?.aborted) throw new FetchBackoffAbortError();
      let response: Response | undefined;
      const left = started + all - Date.now();
      // The wait may have taken longer than it should: a laptop slept.
      if (error && left <= 0) throw error;
      try {
        const limit = Math.min(attempt, left);
        const once = async (own: AbortSignal | null | undefined) => {
          response = await fetchClient(input, own ? { ...init, signal: own } : init);
          if (response.status < 400 && (takesAny || !isForeign(response)))
            return consume ? consume(response, input, own) : response;
          throw await FetchError.fromResponse(response, addressOf(input));
        };
        return await within(limit, signal, once);
      } catch (failure) {
        error = failure;
      }
      if (signal?.aborted) throw new FetchBackoffAbortError();
      policy.onFailedAttempt?.();
      const asked = retryAfterMs(response?.headers.get(RETRY_AFTER), Date.now());
      const wait = Math.max(asked, Math.random() * backoffBound(policy, failures));
      const status = response?.status ?? (error as Partial<FetchError>).status;
      const mayHelp = (status ? isTransient(status) : !isMisuse(init)) && canRepeat?.(init, input) !== false;
      const isLate = Date.now() + wait - started > policy.deadline;
      if (!mayHelp || isLate || failures > policy.maxRetries) throw error;
      if (policy.debug) console.log("[Durable Streams] retry in ms:", wait, error);
      await sleep(wait, signal);
    }
  };
}

/** Whether a refused request may be accepted later. */
export function isTransient(status: number): boolean {
  return status >= 500 || status === 429;
}

/** `fetch` reports misuse as it reports a broken network, by a `TypeError`; repeating misuse would go on for ever. */
function isMisuse(init: RequestInit | undefined): boolean {
  try {
    new Headers(init?.headers);
    return false;
  } catch {
    return true;
  }
}

/** A stream can be read only once. */
export function hasRepeatableBody(init: RequestInit | undefined): boolean {
  return !(init?.body instanceof ReadableStream);
}
