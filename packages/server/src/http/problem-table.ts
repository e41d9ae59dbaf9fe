/**
 * What can go wrong, row by row, and how it is answered (RFC 9457). Codes are part of the interface and never change;
 * sentences may.
 */
import { formatOffset, HEADER } from "@perennial/protocol";
import type { Rejection } from "../stream/rejections.ts";
import { atHeader, RETRY_LATER, RETRY_SOON, type Table } from "./problem-row.ts";
import type { RequestProblem } from "./problems.ts";
import { REQUEST_PROBLEMS } from "./request-problem-table.ts";

/** Anything that is answered with a problem. */
export type Failure = Rejection | RequestProblem;

const REJECTIONS: Table<Rejection> = {
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
  "producer-ids-limit": {
    status: 409,
    title: "Too many producers",
    detail: (f) =>
      `The ids of the producers that the stream remembers may have ${f.limit} characters together: there is no room for another of this length.`,
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
  "stream-max-bytes": {
    status: 413,
    title: "Stream limit reached",
    detail: (f) =>
      `The stream may hold ${f.limit} bytes (Stream-Max-Bytes) and has ${f.size}: there is no room for ${f.added} more. Nothing was stored.`,
    facts: ({ limit, size, added }) => ({ limit, size, added }),
  },
  "too-much-remembered": {
    status: 503,
    title: "Too much in memory",
    detail: () =>
      "The streams in use remember as many producers as there is memory for. No new producers are taken on, nor streams that remember many, until some of those in use are idle. Try again later.",
    headers: () => RETRY_LATER,
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

export const PROBLEMS: Table<Failure> = { ...REQUEST_PROBLEMS, ...REJECTIONS };
