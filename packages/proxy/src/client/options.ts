import type { Outcome } from "../core/words.ts";
import type { DurableStorage } from "./storage.ts";

/** Options of `createDurableFetch`. */
export interface DurableFetchOptions {
  /** Where the proxy is, such as `https://example.com/v1/proxy`. Slashes at its end are ignored. */
  proxyUrl: string;
  /** The service secret or, in browsers, a token for creating (`generateCreateToken`). Sent as `Authorization: Bearer`. */
  proxyAuthorization: string;
  /** Whether a `requestId` that is remembered is read again in place of asking anew. Default true. */
  autoResume?: boolean | undefined;
  /** Where a resumed response begins: `start` gives all of it, `offset` what was not taken yet. Default `start`. */
  resumeFrom?: "start" | "offset" | undefined;
  /** Default `getDefaultStorage()`. */
  storage?: DurableStorage | undefined;
  /** Used in place of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Default `durable-streams:`. */
  storagePrefix?: string | undefined;
  /** How long a proxy that cannot be reached is tried, ms. Default 60,000. */
  patienceMs?: number | undefined;
}

/** What a call may say. All of it is meant for the upstream. */
export interface DurableFetchRequestOptions extends Omit<RequestInit, "method"> {
  /** Default `POST`. */
  method?: string;
  /** Names the request: with it, it is remembered, and sent twice it is made once. Another prompt needs another name. */
  requestId?: string;
}

/** A response that does not break off when a connection does. */
export interface DurableResponse extends Response {
  streamId?: string;
  /** Lets anybody read it and stop it; see `createAbortFn`. */
  streamUrl?: string;
  /** Up to where it was taken. Grows while it is read. */
  readonly offset?: string;
  upstreamContentType?: string;
  /** Whether an earlier request had asked for it. */
  wasResumed?: boolean;
  /** How it ended, once its body was read to the end; undefined until then. */
  readonly outcome?: Outcome | undefined;
}

/** As `fetch`, through the proxy. */
export type DurableFetch = (
  upstreamUrl: string | URL,
  init?: DurableFetchRequestOptions,
) => Promise<DurableResponse>;
