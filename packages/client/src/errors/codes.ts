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
  | "TOO_LARGE"
  | "RATE_LIMITED"
  | "ALREADY_CONSUMED"
  | "ALREADY_CLOSED"
  | "PARSE_ERROR"
  | "STREAM_CLOSED"
  | "UNKNOWN";

const CODES: Readonly<Record<number, DurableStreamErrorCode>> = {
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
export function codeOfStatus(status: number): DurableStreamErrorCode {
  return CODES[status] ?? "UNKNOWN";
}
