import type { Case } from "../case.ts";

const producer = { producerId: "p", epoch: 0, autoClaim: false };

/** Lifecycle behaviours: the whole life of a stream, headers, closing. */
export const lifecycleCases: readonly Case[] = [
  {
    name: "life: create, append, read, delete, 404, create again",
    stream: "text/plain",
    steps: [
      { do: "append", with: { data: "a" } },
      { do: "read", expect: { data: "a" } },
      { do: "delete" },
      { do: "read", expect: { errorCode: "NOT_FOUND" } },
      { do: "create", with: { contentType: "text/plain" }, expect: { status: 201 } },
      { do: "read", expect: { chunkCount: 0 } },
    ],
  },
  {
    name: "life: connect finds a stream and its content type",
    stream: "application/json",
    steps: [
      { do: "connect", expect: { status: 200 } },
      { do: "head", expect: { contentType: "application/json", streamClosed: false } },
      { do: "append", with: { data: "1" } },
      { do: "read", expect: { data: "[1]" } },
    ],
  },
  {
    name: "headers: custom ones are sent with every operation",
    stream: "text/plain",
    steps: [
      { do: "append", with: { data: "a", headers: { "X-Test": "1" } } },
      { do: "read", with: { headers: { "X-Test": "1" } }, expect: { data: "a" } },
      { do: "head", with: { headers: { "X-Test": "1" } } },
      { do: "delete", with: { headers: { "X-Test": "1" } } },
    ],
  },
  {
    name: "headers: dynamic ones and params are made for every command",
    stream: "text/plain",
    steps: [
      { do: "set-dynamic-header", with: { name: "X-Count", valueType: "counter" } },
      { do: "set-dynamic-header", with: { name: "X-Token", valueType: "token", initialValue: "t" } },
      { do: "set-dynamic-param", with: { name: "n", valueType: "counter" } },
      {
        do: "append",
        with: { data: "a" },
        expect: { headersSent: { "X-Count": "1", "X-Token": "t" }, paramsSent: { n: "1" } },
      },
      { do: "read", expect: { headersSent: { "X-Count": "2" }, paramsSent: { n: "2" } } },
      { do: "clear-dynamic" },
      { do: "read", expect: { data: "a" } },
    ],
  },
  {
    name: "close: empty, twice, and readers see it",
    stream: "text/plain",
    steps: [
      { do: "head", expect: { streamClosed: false } },
      { do: "close" },
      { do: "close" },
      { do: "head", expect: { streamClosed: true } },
      { do: "read", expect: { streamClosed: true, upToDate: true, chunkCount: 0 } },
      { do: "read", with: { live: "long-poll", timeoutMs: 3000 }, expect: { streamClosed: true } },
      { do: "append", with: { data: "a" }, expect: { errorCode: "STREAM_CLOSED", status: 409 } },
      { do: "close", with: { data: "a" }, expect: { errorCode: "STREAM_CLOSED", status: 409 } },
    ],
  },
  {
    name: "close: with a final message",
    stream: "application/json",
    steps: [
      { do: "append", with: { data: "1" } },
      { do: "close", with: { data: "2" }, save: { end: "finalOffset" } },
      { do: "read", expect: { data: "[1,2]", streamClosed: true } },
      { do: "read", with: { offset: "$end" }, expect: { chunkCount: 0, streamClosed: true } },
    ],
  },
  {
    name: "close: a stream can be created closed, with and without content",
    steps: [
      {
        do: "create",
        with: { contentType: "text/plain", closed: true, data: "all" },
        expect: { status: 201 },
      },
      { do: "read", expect: { data: "all", streamClosed: true } },
      { do: "delete" },
      { do: "create", with: { contentType: "text/plain", closed: true, ttlSeconds: 60 } },
      { do: "read", expect: { chunkCount: 0, streamClosed: true } },
    ],
  },
  {
    name: "close: a producer closes once, also when asked twice, and the first message wins",
    stream: "text/plain",
    steps: [
      { do: "idempotent-append", with: { ...producer, data: "a" } },
      { do: "idempotent-close", with: { ...producer, data: "end" } },
      { do: "idempotent-close", with: { ...producer, data: "other" } },
      { do: "read", expect: { data: "aend", streamClosed: true } },
      {
        do: "idempotent-close",
        with: { ...producer, producerId: "q" },
        expect: { errorCode: "STREAM_CLOSED" },
      },
    ],
  },
  {
    name: "close: detaching leaves the stream open",
    stream: "text/plain",
    steps: [
      { do: "idempotent-append", with: { ...producer, data: "a" } },
      { do: "idempotent-detach", with: { producerId: "p", epoch: 0 } },
      { do: "head", expect: { streamClosed: false } },
      { do: "append", with: { data: "b" } },
      { do: "read", expect: { data: "ab", streamClosed: false } },
    ],
  },
];
