import { RETRY_AFTER } from "@perennial/protocol";
import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import type { BackoffOptions } from "../options.ts";
import { addressOf, parseAddress } from "./address.ts";
import { BackoffDefaults, type BackoffPolicy, backoffBound, backoffPolicy } from "./backoff.ts";
import { retryAfterMs } from "./retry-after.ts";
import { sleep } from "./timer.ts";

/**
 * Wraps `fetch` with retries: 429, 5xx and network failures are tried again after a jittered wait that respects
 * `Retry-After` (capped at one hour). Redirections that `fetch` does not follow and 304 are passed through.
 *
 * The returned function throws:
 * - `FetchError` for any other 4xx at once, and for the last response when retries are exhausted;
 * - the error of `fetch` itself when retries are exhausted, or at once when the request can never work;
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
  return retryingFetch(fetchClient, backoffPolicy(backoffOptions), hasRepeatableBody);
}

/** As `createFetchWithBackoff`; `canRepeat` may veto a retry, for bodies that can be sent only once. */
export function retryingFetch(
  fetchClient: typeof fetch,
  policy: BackoffPolicy,
  canRepeat: (init: RequestInit | undefined) => boolean = () => true,
): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal;
    const started = Date.now();
    for (let failures = 1; ; failures++) {
      if (signal?.aborted) throw new FetchBackoffAbortError();
      let response: Response | undefined;
      let error: unknown;
      try {
        response = await fetchClient(input, init);
        if (response.status < 400) return response;
        error = await FetchError.fromResponse(response, addressOf(input));
      } catch (failure) {
        error = failure;
      }
      if (signal?.aborted) throw new FetchBackoffAbortError();
      policy.onFailedAttempt?.();
      const asked = retryAfterMs(response?.headers.get(RETRY_AFTER), Date.now());
      const wait = Math.max(asked, Math.random() * backoffBound(policy, failures));
      const mayHelp = response ? isTransient(response.status) : !isMisuse(input, init);
      const isLate = Date.now() + wait - started > policy.deadline;
      if (!mayHelp || isLate || failures > policy.maxRetries || !canRepeat(init)) throw error;
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
function isMisuse(input: string | URL | Request, init: RequestInit | undefined): boolean {
  try {
    new Headers(init?.headers);
    return typeof input === "string" && !parseAddress(input);
  } catch {
    return true;
  }
}

/** A stream can be read only once. */
export function hasRepeatableBody(init: RequestInit | undefined): boolean {
  return !(init?.body instanceof ReadableStream);
}
