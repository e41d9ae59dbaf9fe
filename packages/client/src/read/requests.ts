import { IF_NONE_MATCH } from "@perennial/protocol";
import { type BackoffPolicy, backoffBound, backoffPolicy } from "../http/backoff.ts";
import { retryingFetch } from "../http/fetch-with-backoff.ts";
import { readUrl } from "../http/read-url.ts";
import { mergeHeaders, resolveRecord } from "../http/records.ts";
import { sleep } from "../http/timer.ts";
import type { ParamsRecord, StreamOptions } from "../options.ts";
import type { Position } from "./position.ts";

/** Three heartbeats of a server that sends one every 15 s, in ms. */
const SILENCE_TIMEOUT_MS = 45_000;

/** What carries requests. */
export interface Line {
  readonly signal: AbortSignal | undefined;
  /** What one attempt may take, in ms. */
  readonly limit: number;
  /** Waits for the response to one attempt of a request; a connection puts its watchdog around that. */
  watch(response: Promise<Response>): Promise<Response>;
}

/**
 * A session's requests: their address, headers and parameters (which the error handler may change), retries, and
 * the error handler itself.
 */
export interface ReadRequests {
  readonly backoff: BackoffPolicy;
  /** How long a connection may be silent, in ms. */
  readonly silence: number;
  /**
   * Sends a read. Retries according to the backoff options, then asks the error handler, for as long as it wants the
   * request repeated: at once the first time, after a wait from then on.
   *
   * @throws whatever made the last attempt fail; FetchBackoffAbortError once the signal is aborted
   */
  send(position: Position, live: "long-poll" | "sse" | undefined, line: Line): Promise<Response>;
  /** From now on caches are asked to make sure. */
  passCaches(): void;
  /** Asks the error handler about a failure. True when it wants to go on, with what it changed in force. */
  consult(error: unknown): Promise<boolean>;
}

/** The requests of a session with these options. */
export function readRequests(options: StreamOptions): ReadRequests {
  const backoff = backoffPolicy(options.backoffOptions);
  const silence = options.silenceTimeout ?? SILENCE_TIMEOUT_MS;
  let headers: ParamsRecord | undefined = options.headers;
  let { params } = options;
  let cache: RequestInit = {};

  const consult: ReadRequests["consult"] = async (error) => {
    const answer = await options.onError?.(error instanceof Error ? error : new Error(String(error)));
    if (!answer) return false;
    headers = mergeHeaders(headers, answer.headers);
    params = { ...params, ...answer.params };
    return true;
  };
  const send: ReadRequests["send"] = async (position, live, line) => {
    for (let refusals = 0; ; refusals++) {
      if (refusals > 1) await sleep(Math.random() * backoffBound(backoff, refusals - 1), line.signal);
      try {
        const signal = line.signal ?? null;
        const init = { method: "GET", headers: await resolveRecord(headers), signal, ...cache };
        const url = readUrl(options.url, position, live, await resolveRecord(params));
        const fetchOnce: typeof fetch = async (_, own) => line.watch((options.fetch ?? fetch)(url, own));
        // At the tail nothing is late: the peer waits as we do. The line cuts one that is silent for too long.
        const limits = live ? { attempt: 2 * line.limit } : { attempt: line.limit, all: backoff.deadline };
        const response = await retryingFetch(fetchOnce, backoff, limits)(url, init);
        // A condition is about the first page. Later requests ask for other pages, which it would wrongly withhold.
        headers = mergeHeaders(headers, { [IF_NONE_MATCH]: undefined });
        return response;
      } catch (error) {
        if (line.signal?.aborted || !(await consult(error))) throw error;
      }
    }
  };
  const passCaches = () => {
    cache = { cache: "no-cache" };
  };
  return { backoff, silence, send, passCaches, consult };
}
