/**
 * What went wrong, for programs to branch on.
 *
 * @example
 * ```ts
 * import type { DurableStreamErrorCode } from "@perennial/client";
 * const worthRetryingLater = (code: DurableStreamErrorCode) => code === "BUSY" || code === "RATE_LIMITED";
 * ```
 */
export type DurableStreamErrorCode =
  | "NOT_FOUND"
  | "CONFLICT_SEQ"
  | "CONFLICT_EXISTS"
  | "BAD_REQUEST"
  | "BUSY"
  | "SSE_NOT_SUPPORTED"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "RATE_LIMITED"
  | "ALREADY_CONSUMED"
  | "ALREADY_CLOSED"
  | "PARSE_ERROR"
  | "STREAM_CLOSED"
  | "UNKNOWN";

/**
 * The code of a refusal. `TOO_LARGE` is that of a 413: the request is larger than the server takes, or the stream would hold
 * more than its `maxBytes`. It stands apart because code that was written against the official client knows the others.
 */
export type FetchErrorCode = DurableStreamErrorCode | "TOO_LARGE";

const CODES: Readonly<Record<number, FetchErrorCode>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT_SEQ",
  413: "TOO_LARGE",
  429: "RATE_LIMITED",
  503: "BUSY",
};

/** The code of an HTTP status; `UNKNOWN` for those that the protocol gives no code. */
export function codeOfStatus(status: number): FetchErrorCode {
  return CODES[status] ?? "UNKNOWN";
}
