import { IF_NONE_MATCH } from "@perennial/protocol";
import { type BackoffPolicy, backoffDelay, backoffPolicy } from "../http/backoff.ts";
import { retryingFetch } from "../http/fetch-with-backoff.ts";
import { type ReadQuery, readUrl } from "../http/read-url.ts";
import { mergeHeaders, resolveRecord } from "../http/records.ts";
import { sleep } from "../http/sleep.ts";
import type { HeadersRecord, ParamsRecord, StreamErrorHandler, StreamOptions } from "../options.ts";

/** Performs one attempt of a request; a connection puts its watchdog around it. */
export type Attempt = (request: () => Promise<Response>) => Promise<Response>;

/**
 * A session's requests: their address, headers and parameters (which the error handler may change), retries, and
 * the error handler itself.
 */
export class ReadRequests {
  readonly backoff: BackoffPolicy;
  readonly #url: string | URL;
  readonly #onError: StreamErrorHandler | undefined;
  readonly #fetch: typeof fetch;
  #headers: HeadersRecord;
  #params: ParamsRecord;
  #sent = 0;

  constructor(options: StreamOptions) {
    this.backoff = backoffPolicy(options.backoffOptions);
    this.#url = options.url;
    this.#onError = options.onError;
    this.#headers = options.headers ?? {};
    this.#params = options.params ?? {};
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /**
   * Sends a read. Retries according to the backoff options, then asks the error handler, for as long as it wants the
   * request repeated: at once the first time, after a wait from then on.
   *
   * @throws whatever made the last attempt fail; FetchBackoffAbortError once the signal is aborted
   */
  async send(
    query: ReadQuery,
    signal: AbortSignal | undefined,
    attempt: Attempt = direct,
  ): Promise<Response> {
    for (let refusals = 0; ; refusals++) {
      if (refusals > 1) await sleep(backoffDelay(this.backoff, refusals - 1, Math.random()), signal);
      try {
        return await this.#sendOnce(query, signal, attempt);
      } catch (error) {
        if (signal?.aborted || !(await this.consult(error))) throw error;
      }
    }
  }

  /** Asks the error handler about a failure. True when it wants to go on, with what it changed in force. */
  async consult(error: unknown): Promise<boolean> {
    const answer = await this.#onError?.(error instanceof Error ? error : new Error(String(error)));
    if (typeof answer !== "object" || answer === null) return false;
    this.#headers = mergeHeaders(this.#headers, answer.headers);
    this.#params = { ...this.#params, ...answer.params };
    return true;
  }

  async #sendOnce(query: ReadQuery, signal: AbortSignal | undefined, attempt: Attempt): Promise<Response> {
    const headers = await resolveRecord(this.#headers);
    // A condition is about the first page. Later requests ask for other pages, which it would wrongly withhold.
    if (this.#sent > 0) removeCondition(headers);
    const url = readUrl(this.#url, query, await resolveRecord(this.#params));
    const init: RequestInit =
      signal === undefined ? { method: "GET", headers } : { method: "GET", headers, signal };
    const fetchOnce: typeof fetch = (input, request) => attempt(() => this.#fetch(input, request));
    const response = await retryingFetch(fetchOnce, this.backoff)(url, init);
    this.#sent++;
    return response;
  }
}

const direct: Attempt = (request) => request();

function removeCondition(headers: Record<string, string>): void {
  for (const name in headers) if (name.toLowerCase() === IF_NONE_MATCH.toLowerCase()) delete headers[name];
}
