/** The one place where failures become answers. */
import { HEADER } from "../../core/headers.ts";
import { withCors } from "./headers.ts";

const JSON_TYPE = "application/json";

/** Codes of the protocol, and their statuses. */
const STATUS = {
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  SNAPSHOT_NOT_FOUND: 404,
  DOCUMENT_NOT_FOUND: 404,
  STREAM_NOT_FOUND: 404,
  CONFLICT: 409,
  OFFSET_EXPIRED: 410,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  PROXY_ERROR: 502,
  UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** An answer that says what is wrong. */
export function errorResponse(
  code: ErrorCode,
  message: string,
  status: number = STATUS[code],
  headers = new Headers(),
): Response {
  headers.set(HEADER.contentType, JSON_TYPE);
  headers.set(HEADER.cacheControl, "no-store");
  return new Response(errorBody(code, message), { status, headers: withCors(headers) });
}

function errorBody(code: ErrorCode, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

/** What the server that documents are mounted in refuses itself, in our form. */
export function refusal(status: number, message: string): { contentType: string; body: string } {
  return { contentType: JSON_TYPE, body: errorBody(codeOfStatus(status, "DOCUMENT_NOT_FOUND"), message) };
}

/** A method that an address does not take. */
export function methodNotAllowed(): Response {
  const headers = new Headers({ allow: "GET, HEAD, POST, PUT, DELETE, OPTIONS" });
  return errorResponse("INVALID_REQUEST", "Method not allowed", 405, headers);
}

/** What a status of the server below means here; `missing` is what its 404 stands for. */
export function codeOfStatus(status: number, missing: ErrorCode): ErrorCode {
  switch (status) {
    case 401:
      return "UNAUTHORIZED";
    case 403:
      return "FORBIDDEN";
    case 404:
      return missing;
    case 409:
      return "CONFLICT";
    case 410:
      return "OFFSET_EXPIRED";
    case 413:
      return "TOO_LARGE";
    case 429:
      return "RATE_LIMITED";
    case 503:
      return "UNAVAILABLE";
    default:
      return status >= 500 ? "INTERNAL_ERROR" : "INVALID_REQUEST";
  }
}
