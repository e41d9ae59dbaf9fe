import { RETRY_AFTER } from "@perennial/protocol";
import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import type { BackoffOptions } from "../options.ts";
import { BackoffDefaults, type BackoffPolicy, backoffDelay, backoffPolicy } from "./backoff.ts";
import { retryAfterMs } from "./retry-after.ts";
import { sleep } from "./sleep.ts";

/** A failed attempt: what to throw if it was the last, and whether another may help. */
interface Failure {
  readonly error: unknown;
  readonly final: boolean;
  readonly retryAfterMs: number;
}

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
  return retryingFetch(fetchClient, backoffPolicy(backoffOptions));
}

/** As `createFetchWithBackoff`; `canRepeat` may veto a retry, for bodies that can be sent only once. */
export function retryingFetch(
  fetchClient: typeof fetch,
  policy: BackoffPolicy,
  canRepeat: (init: RequestInit | undefined) => boolean = hasRepeatableBody,
): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal ?? undefined;
    const started = Date.now();
    for (let failures = 1; ; failures++) {
      if (signal?.aborted) throw new FetchBackoffAbortError();
      const outcome = await attempt(fetchClient, input, init);
      if (outcome instanceof Response) return outcome;
      if (signal?.aborted) throw new FetchBackoffAbortError();
      policy.onFailedAttempt?.();
      const wait = backoffDelay(policy, failures, Math.random(), outcome.retryAfterMs);
      const late = Date.now() + wait - started > policy.deadline;
      if (outcome.final || late || failures > policy.maxRetries || !canRepeat(init)) throw outcome.error;
      if (policy.debug)
        console.log(`[Durable Streams] attempt ${failures} failed, next in ${Math.round(wait)} ms`);
      await sleep(wait, signal);
    }
  };
}

async function attempt(
  fetchClient: typeof fetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response | Failure> {
  let response: Response;
  try {
    response = await fetchClient(input, init);
  } catch (error) {
    return { error, final: canNeverWork(input, init), retryAfterMs: 0 };
  }
  if (response.status < 400) return response;
  const wait = retryAfterMs(response.headers.get(RETRY_AFTER), Date.now());
  const final = response.status < 500 && response.status !== 429;
  try {
    return { error: await FetchError.fromResponse(response, addressOf(input)), final, retryAfterMs: wait };
  } catch (error) {
    return { error, final, retryAfterMs: wait };
  }
}

/** `fetch` reports misuse as it reports a broken network, by a `TypeError`; repeating misuse would go on for ever. */
function canNeverWork(input: string | URL | Request, init: RequestInit | undefined): boolean {
  try {
    new Headers(init?.headers);
    if (typeof input === "string") new URL(input, globalThis.location?.href);
    return false;
  } catch {
    return true;
  }
}

function hasRepeatableBody(init: RequestInit | undefined): boolean {
  return !(init?.body instanceof ReadableStream);
}

function addressOf(input: string | URL | Request): string {
  return input instanceof Request ? input.url : String(input);
}
