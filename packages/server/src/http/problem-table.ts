/**
 * What can go wrong, row by row, and how it is answered (RFC 9457). Codes are part of the interface and never change;
 * sentences may.
 */
import { formatOffset, HEADER } from "@perennial/protocol";
import type { Rejection } from "../stream/rejections.ts";
import type { RequestProblem } from "./problems.ts";

/** How one kind of failure is answered. */
export interface Row<F> {
  readonly status: number;
  /** A few words, the same for every failure of the kind. */
  readonly title: string;
  /** One sentence about this failure. */
  readonly detail: (failure: F) => string;
  readonly headers?: (failure: F) => readonly string[];
  /** The header or parameter at fault. */
  readonly at?: (failure: F) => { readonly header: string } | { readonly parameter: string };
}

/** Anything that is answered with a problem. */
export type Failure = Rejection | RequestProblem;
type Table = { readonly [K in Failure["kind"]]: Row<Extract<Failure, { kind: K }>> };

const RETRY_SOON = [HEADER.retryAfter, "1"] as const;
const RETRY_LATER = [HEADER.retryAfter, "5"] as const;

const atHeader = (header: string) => () => ({ header });

export const PROBLEMS: Table = {
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
  "bad-path": { status: 400, title: "Bad path", detail: (f) => f.reason },
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
    headers: (f) => ["Allow", f.allow],
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
    at: () => ({ header: "Expect" }),
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
  "stream-not-found": {
    status: 404,
    title: "Stream not found",
    detail: () => "There is no stream with this path. Create it with PUT.",
  },
  "stream-gone": {
    status: 410,
    title: "Stream gone",
    detail: () => "The stream was deleted; its bytes are only kept for its forks.",
  },
  "stream-exists": {
    status: 409,
    title: "Stream exists",
    detail: (f) => `A stream with this path exists, but differs: ${f.difference}.`,
  },
  "path-in-use": {
    status: 409,
    title: "Path in use",
    detail: () => "A deleted stream with this path still serves its forks.",
  },
  "source-not-found": {
    status: 404,
    title: "Fork source not found",
    detail: () => "There is no stream with the path given as source.",
    at: atHeader(HEADER.streamForkedFrom),
  },
  "source-gone": {
    status: 409,
    title: "Fork source gone",
    detail: () => "The stream given as source was deleted.",
    at: atHeader(HEADER.streamForkedFrom),
  },
  "source-contended": {
    status: 503,
    title: "Fork source contended",
    detail: () => "The stream given as source was made anew again and again meanwhile. Try again soon.",
    headers: () => RETRY_SOON,
    at: atHeader(HEADER.streamForkedFrom),
  },
  "fork-content-type": {
    status: 409,
    title: "Content type differs",
    detail: (f) => `A fork has the content type of its source, ${f.expected}.`,
    at: atHeader(HEADER.contentType),
  },
  "fork-too-deep": {
    status: 400,
    title: "Fork too deep",
    detail: (f) => `The source is a fork of ${f.limit} generations already, and this server allows no more.`,
    at: atHeader(HEADER.streamForkedFrom),
  },
  "fork-offset-beyond-tail": {
    status: 400,
    title: "Fork offset beyond the tail",
    detail: () => "The fork offset lies beyond the end of the source.",
    at: atHeader(HEADER.streamForkOffset),
  },
  "fork-offset-inside-message": {
    status: 400,
    title: "Fork offset inside a message",
    detail: () => "The fork offset is not one that this server gave out.",
    at: atHeader(HEADER.streamForkOffset),
  },
  "fork-sub-offset-beyond-tail": {
    status: 400,
    title: "Fork sub-offset beyond the tail",
    detail: () => "The sub-offset reaches beyond the end of the source.",
    at: atHeader(HEADER.streamForkSubOffset),
  },
  "empty-body": {
    status: 400,
    title: "Empty body",
    detail: () => "An append needs a body, unless it closes the stream with Stream-Closed: true.",
  },
  "missing-content-type": {
    status: 400,
    title: "Missing content type",
    detail: () => "An append with a body needs a Content-Type.",
    at: atHeader(HEADER.contentType),
  },
  "content-type-mismatch": {
    status: 409,
    title: "Content type differs",
    detail: (f) => `The stream's content type is ${f.expected}.`,
    at: atHeader(HEADER.contentType),
  },
  "stream-closed": {
    status: 409,
    title: "Stream closed",
    detail: () => "The stream is closed and takes no more appends.",
    headers: (f) => [HEADER.streamClosed, "true", HEADER.streamNextOffset, formatOffset(f.finalPosition)],
  },
  "stale-epoch": {
    status: 403,
    title: "Stale producer epoch",
    detail: (f) => `The producer has moved on to epoch ${f.currentEpoch}.`,
    headers: (f) => [HEADER.producerEpoch, String(f.currentEpoch)],
    at: atHeader(HEADER.producerEpoch),
  },
  "epoch-must-start-at-zero": {
    status: 400,
    title: "New epoch must start at zero",
    detail: () => "The first request of a new epoch carries Producer-Seq: 0.",
    at: atHeader(HEADER.producerSeq),
  },
  "sequence-gap": {
    status: 409,
    title: "Producer sequence gap",
    detail: (f) => `Expected Producer-Seq ${f.expected}, received ${f.received}.`,
    headers: (f) => [
      HEADER.producerExpectedSeq,
      String(f.expected),
      HEADER.producerReceivedSeq,
      String(f.received),
    ],
    at: atHeader(HEADER.producerSeq),
  },
  "stream-seq-regression": {
    status: 409,
    title: "Sequence conflict",
    detail: () => "Sequence conflict: Stream-Seq must be greater than the last one accepted.",
    at: atHeader(HEADER.streamSeq),
  },
  "producer-limit": {
    status: 409,
    title: "Too many producers",
    detail: (f) => `The stream remembers ${f.limit} producers already and takes no new one.`,
    at: atHeader(HEADER.producerId),
  },
  "invalid-json": {
    status: 400,
    title: "Invalid JSON",
    detail: (f) => `${f.message} (at byte ${f.position} of the body)`,
  },
  "json-message-too-large": {
    status: 413,
    title: "JSON message too large",
    detail: (f) =>
      `The message that begins at byte ${f.position} of the body is longer than this server takes.`,
  },
  "empty-array": {
    status: 400,
    title: "Empty array",
    detail: () => "An append needs at least one message; the array is empty.",
  },
  "stream-full": {
    status: 413,
    title: "Stream full",
    detail: () => "The stream has reached the largest position that offsets can express.",
  },
  "storage-full": {
    status: 507,
    title: "Storage full",
    detail: () => "The server's disk is full. Nothing was written.",
    headers: () => RETRY_LATER,
  },
  "storage-failed": {
    status: 503,
    title: "Read-only",
    detail: () => "The server cannot write to its disk. Nothing was written; reads go on.",
    headers: () => RETRY_LATER,
  },
  "not-owner": {
    status: 503,
    title: "Not the owner",
    detail: () => "Another server owns these streams now. Nothing was written; reads go on.",
    headers: () => RETRY_LATER,
  },
};
