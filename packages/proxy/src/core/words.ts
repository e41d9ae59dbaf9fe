/** Names that the proxy's own protocol adds to those of streams. */

/** Headers, in their canonical spelling. */
export const PROXY_HEADER = {
  /** Where a request is to go. */
  upstreamUrl: "Upstream-URL",
  upstreamMethod: "Upstream-Method",
  /** Becomes `Authorization`, which is the proxy's own in requests to it. */
  upstreamAuthorization: "Upstream-Authorization",
  upstreamContentType: "Upstream-Content-Type",
  /** Of an answer that was no success. */
  upstreamStatus: "Upstream-Status",
  /** How a response ended; see `Outcome`. */
  upstreamOutcome: "Upstream-Outcome",
  /** Set by the client on answers that were no success. */
  upstreamError: "Upstream-Error",
  /** Requests that are one and the same, however often they are sent. */
  idempotencyKey: "Idempotency-Key",
  /** The proxy's credential where `Authorization` is meant for the upstream. */
  proxyToken: "Stream-Proxy-Token",
} as const;

/** Query parameters of a read URL. */
export const PROXY_QUERY = {
  expires: "expires",
  signature: "signature",
  secret: "secret",
  action: "action",
} as const;

/** Where the proxy is, without a slash at its end. */
export const PROXY_PATH = "/v1/proxy";

/**
 * How a response ended.
 *
 * - `complete`: the upstream ended it
 * - `aborted`: somebody asked for that
 * - `failed`: the upstream's connection broke, or what came could not be stored
 * - `timeout`: the upstream was silent for too long
 * - `too-large`: it was longer than is kept
 * - `interrupted`: the proxy that fetched it is gone
 */
export type Outcome = "complete" | "aborted" | "failed" | "timeout" | "too-large" | "interrupted";

const OUTCOMES: readonly string[] = [
  "complete",
  "aborted",
  "failed",
  "timeout",
  "too-large",
  "interrupted",
] satisfies Outcome[];

/** The outcome that a text names. */
export function parseOutcome(text: string | null): Outcome | undefined {
  return text !== null && OUTCOMES.includes(text) ? (text as Outcome) : undefined;
}
