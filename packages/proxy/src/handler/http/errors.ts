/** The one place where failures become answers. */
import { HEADER } from "@perennial/protocol";

/** Codes, and their statuses. */
const STATUS = {
  MISSING_UPSTREAM_URL: 400,
  MISSING_UPSTREAM_METHOD: 400,
  INVALID_UPSTREAM_METHOD: 400,
  INVALID_REQUEST: 400,
  INVALID_ACTION: 400,
  REDIRECT_NOT_ALLOWED: 400,
  MISSING_SECRET: 401,
  INVALID_SECRET: 401,
  MISSING_SIGNATURE: 401,
  SIGNATURE_EXPIRED: 401,
  SIGNATURE_INVALID: 401,
  UPSTREAM_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  STREAM_NOT_FOUND: 404,
  STREAM_GONE: 410,
  REQUEST_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  CLIENT_LEFT: 499,
  INTERNAL_ERROR: 500,
  UPSTREAM_ERROR: 502,
  STORAGE_ERROR: 502,
  UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** Something that went wrong in a way that its sender is told. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
}

const RETRY_SOON: ReadonlySet<ErrorCode> = new Set(["TOO_MANY_REQUESTS", "UNAVAILABLE"]);

/** An answer that says what is wrong. */
export function errorResponse(code: ErrorCode, message: string): Response {
  const headers = new Headers({
    [HEADER.contentType]: "application/json",
    [HEADER.cacheControl]: "no-store",
  });
  if (RETRY_SOON.has(code)) headers.set(HEADER.retryAfter, "1");
  return new Response(JSON.stringify({ error: { code, message } }), { status: STATUS[code], headers });
}
