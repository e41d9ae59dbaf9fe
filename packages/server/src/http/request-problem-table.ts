/** What can be wrong with a request before any rule of the protocol is asked, and how it is answered. */
import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import { atHeader, RETRY_LATER, RETRY_SOON, type Table } from "./problem-row.ts";
import type { RequestProblem } from "./problems.ts";

/** How much of what a client sent is shown to it. */
const SHOWN_LENGTH = 100;

export const REQUEST_PROBLEMS: Table<RequestProblem> = {
  "bad-header": {
    status: 400,
    title: "Bad header",
    detail: (f) => `${f.header} ${f.reason}.`,
    at: (f) => ({ header: f.header }),
  },
  "bad-parameter": {
    status: 400,
    title: "Bad query parameter",
    detail: (f) => `The query parameter ${f.parameter} ${f.reason}.`,
    at: (f) => ({ parameter: f.parameter }),
  },
  "unknown-host": {
    status: 421,
    title: "Unknown host",
    detail: (f) =>
      `This server does not know itself as ${f.host.slice(0, SHOWN_LENGTH)}: --public-url tells it its name, --no-auth opens it to all names and pages.`,
    at: () => ({ header: HTTP_HEADER.host }),
  },
  "origin-refused": {
    status: 403,
    title: "Origin refused",
    detail: ({ origin = "another site" }) =>
      `Pages of ${origin.slice(0, SHOWN_LENGTH)} may not use this server: --cors-origin lets an origin in, --no-auth opens it to all names and pages.`,
    at: () => ({ header: HTTP_HEADER.origin }),
  },
  unauthorized: {
    status: 401,
    title: "Unauthorized",
    detail: () =>
      "The streams of a service need its secret, or a token for them: Authorization: Bearer <secret or token>.",
    headers: () => [HTTP_HEADER.authenticate, "Bearer"],
    at: () => ({ header: HTTP_HEADER.authorization }),
  },
  "token-expired": {
    status: 401,
    title: "Token expired",
    detail: () => "The token has ended. Send a new one.",
    headers: () => [HTTP_HEADER.authenticate, 'Bearer error="invalid_token"'],
    at: () => ({ header: HTTP_HEADER.authorization }),
  },
  forbidden: {
    status: 403,
    title: "Forbidden",
    detail: (f) => `The token has no right to ${f.operation} here, or not as this producer.`,
    headers: () => [HTTP_HEADER.authenticate, 'Bearer error="insufficient_scope"'],
    at: () => ({ header: HTTP_HEADER.authorization }),
  },
  "token-rate": {
    status: 429,
    title: "Too many writes",
    detail: (f) => `The token may write ${f.limit} times a second. Nothing was written.`,
    headers: () => RETRY_SOON,
    facts: ({ limit }) => ({ limit }),
  },
  "service-limit": {
    status: 429,
    title: "Service limit reached",
    detail: (f) => `The service may use ${f.limit} (${f.name}) and uses ${f.use}. Nothing was done.`,
    headers: (f) => [HEADER.retryAfter, String(f.retryAfter)],
    facts: ({ name, limit, use }) => ({ name, limit, use }),
  },
  "service-disabled": {
    status: 403,
    title: "Service disabled",
    detail: () => "An operator of this server has disabled this service.",
  },
  "bad-path": { status: 400, title: "Bad path", detail: (f) => f.reason },
  "written-by-service": {
    status: 403,
    title: "Written by a service of this server",
    detail: (f) =>
      `What is under ${f.prefix} is kept in this stream, and written there alone. It can be read here.`,
  },
  "no-such-resource": {
    status: 404,
    title: "Not found",
    detail: () => "There is nothing here. Streams live under /v1/stream/.",
  },
  "no-control-api": {
    status: 404,
    title: "Not found",
    detail: () => "This server has no such control API.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    detail: (f) => `This resource answers to ${f.allow}.`,
    headers: (f) => [HTTP_HEADER.allow, f.allow],
  },
  "target-too-long": {
    status: 414,
    title: "URL too long",
    detail: (f) => `Path and query may have at most ${f.limit} bytes.`,
  },
  "path-too-long": {
    status: 414,
    title: "Stream path too long",
    detail: (f) => `The path of a stream may have at most ${f.limit} bytes.`,
  },
  "headers-too-large": {
    status: 431,
    title: "Header block too large",
    detail: (f) => `The header block of a request may have at most ${f.limit} bytes.`,
  },
  "malformed-request": {
    status: 400,
    title: "Malformed request",
    detail: () => "The request is not well-formed HTTP/1.1.",
  },
  "expectation-failed": {
    status: 417,
    title: "Expectation failed",
    detail: () => "The only expectation that this server meets is 100-continue.",
    at: () => ({ header: HTTP_HEADER.expect }),
  },
  "content-coding": {
    status: 415,
    title: "Unsupported content coding",
    detail: () => "Bytes are stored as they are sent. Send them without a Content-Encoding.",
    headers: () => [HTTP_HEADER.acceptEncoding, "identity"],
    at: atHeader(HTTP_HEADER.contentEncoding),
  },
  "transfer-coding": {
    status: 501,
    title: "Unsupported transfer coding",
    detail: () => "The only transfer coding that this server knows is chunked.",
    at: atHeader(HTTP_HEADER.transferEncoding),
  },
  "request-timeout": {
    status: 408,
    title: "Request timeout",
    detail: () => "The request took too long to arrive.",
  },
  "body-too-large": {
    status: 413,
    title: "Body too large",
    detail: (f) => `The body of a request may have at most ${f.limit} bytes.`,
  },
  "body-incomplete": {
    status: 400,
    title: "Body incomplete",
    detail: () => "The connection ended before the body was complete.",
  },
  "bodies-over-budget": {
    status: 503,
    title: "Busy",
    detail: () => "The server is receiving as many bytes as it can hold. Try again soon.",
    headers: () => RETRY_SOON,
  },
  "too-many-readers": {
    status: 503,
    title: "Too many live readers",
    detail: (f) => `The server serves at most ${f.limit} live readers at once. Try again later.`,
    headers: () => RETRY_LATER,
  },
  "connections-in-use": {
    status: 503,
    title: "Too many connections",
    detail: () => "The server holds as many connections as it can. Try again later.",
    headers: () => RETRY_LATER,
  },
  "connections-of-address": {
    status: 429,
    title: "Too many connections",
    detail: (f) => `One address may have at most ${f.limit} connections. Close some, or try again later.`,
    headers: () => RETRY_LATER,
  },
  stopping: {
    status: 503,
    title: "Stopping",
    detail: () => "The server is shutting down. Try again soon.",
    headers: () => RETRY_SOON,
  },
  "internal-error": {
    status: 500,
    title: "Internal error",
    detail: () => "Something went wrong in the server; its log says what.",
  },
  "damaged-data": {
    status: 500,
    title: "Damaged data",
    detail: () => "Bytes of this stream are damaged on the server's disk; other streams are not affected.",
  },
};
