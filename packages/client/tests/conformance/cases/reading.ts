import type { Case, Step } from "../case.ts";

const append = (...texts: string[]): Step[] => texts.map((data) => ({ do: "append", with: { data } }));
const LIVE = ["long-poll", "sse"] as const;
const ALL = [false, true, ...LIVE] as const;

/** Consumer behaviours: catch-up, live modes, offsets, encodings, faults. */
export const readingCases: readonly Case[] = [
  {
    name: "catch-up: an empty stream has no chunks and is up to date",
    stream: "text/plain",
    steps: [{ do: "read", expect: { chunkCount: 0, upToDate: true } }],
  },
  {
    name: "catch-up: chunks are read in order, and the offset resumes after them",
    stream: "text/plain",
    steps: [
      ...append("one", "two"),
      { do: "read", expect: { data: "onetwo", upToDate: true }, save: { tail: "offset" } },
      ...append("three"),
      { do: "read", with: { offset: "$tail" }, expect: { data: "three" } },
      { do: "read", with: { offset: "-1" }, expect: { data: "onetwothree" } },
    ],
  },
  {
    name: "catch-up: unicode is preserved",
    stream: "text/plain",
    steps: [...append("Grüße, 世界 🌍"), { do: "read", expect: { data: "Grüße, 世界 🌍" } }],
  },
  {
    name: "catch-up: JSON is one array",
    stream: "application/json",
    steps: [...append('{"a":1}', "[2]"), { do: "read", expect: { data: '[{"a":1},[2]]' } }],
  },
  ...ALL.map(
    (live): Case => ({
      name: `live ${live}: existing data comes at once`,
      stream: "text/plain",
      steps: [
        ...append("one", "two"),
        {
          do: "read",
          with: { live, waitForUpToDate: true, timeoutMs: 3000 },
          expect: { data: "onetwo", upToDate: true },
        },
      ],
    }),
  ),
  ...[true, ...LIVE].flatMap((live): Case[] => [
    {
      name: `live ${live}: data appended later arrives`,
      stream: "text/plain",
      steps: [
        { do: "read", with: { live, maxChunks: 2, timeoutMs: 3000 }, background: true },
        { server: "append", data: "one", afterMs: 50 },
        { server: "append", data: "two", afterMs: 50 },
        { await: true, expect: { data: "onetwo" } },
      ],
    },
    {
      name: `live ${live}: nothing new is no error`,
      stream: "text/plain",
      steps: [{ do: "read", with: { live, timeoutMs: 250 }, expect: { chunkCount: 0, upToDate: true } }],
    },
    {
      name: `live ${live}: reading resumes from an offset`,
      stream: "text/plain",
      steps: [
        { do: "append", with: { data: "old" }, save: { tail: "offset" } },
        ...append("new"),
        { do: "read", with: { live, offset: "$tail", waitForUpToDate: true }, expect: { data: "new" } },
      ],
    },
    {
      name: `live ${live}: an empty JSON stream does not stall`,
      stream: "application/json",
      steps: [
        { do: "read", with: { live, maxChunks: 1, timeoutMs: 3000 }, background: true },
        { server: "append", data: '{"a":1}', contentType: "application/json", afterMs: 50 },
        { await: true, expect: { data: '[{"a":1}]' } },
      ],
    },
    {
      name: `live ${live}: offset now skips what exists`,
      stream: "text/plain",
      steps: [
        ...append("old"),
        { do: "read", with: { live, offset: "now", maxChunks: 1, timeoutMs: 3000 }, background: true },
        { server: "append", data: "new", whenRead: true },
        { await: true, expect: { data: "new" } },
      ],
    },
    {
      name: `live ${live}: the session ends with the stream`,
      stream: "text/plain",
      steps: [
        { do: "read", with: { live, timeoutMs: 3000 }, background: true },
        { server: "append", data: "one", afterMs: 50 },
        { server: "close", data: "two", afterMs: 20 },
        { await: true, expect: { data: "onetwo", streamClosed: true, upToDate: true } },
      ],
    },
    {
      name: `live ${live}: a missing stream is 404, also with offset now`,
      steps: [
        { do: "read", with: { live }, expect: { errorCode: "NOT_FOUND", status: 404 } },
        { do: "read", with: { live, offset: "now" }, expect: { errorCode: "NOT_FOUND", status: 404 } },
      ],
    },
  ]),
  {
    name: "long-poll: a poll that ran out shows as 204",
    stream: "text/plain",
    steps: [
      ...append("old"),
      {
        do: "read",
        with: { live: "long-poll", offset: "now", timeoutMs: 900 },
        expect: { status: 204, chunkCount: 0 },
      },
    ],
  },
  ...["\u0085", "\u2028", "\u2029", "a\u0085b\u2028c\u2029d"].map(
    (text): Case => ({
      name: `SSE: ${JSON.stringify(text)} (${Array.from(text, (c) => c.charCodeAt(0).toString(16))}) is data`,
      stream: "text/plain",
      steps: [
        { do: "read", with: { live: "sse", maxChunks: 1, timeoutMs: 3000 }, background: true },
        { server: "append", data: text, afterMs: 100 },
        { await: true, expect: { data: text } },
      ],
    }),
  ),
  ...["text/plain", "application/octet-stream", "application/x-protobuf", "image/png"].map(
    (stream): Case => ({
      name: `SSE: ${stream} arrives as it was written, live and resumed`,
      stream,
      steps: [
        { do: "read", with: { live: "sse", maxChunks: 3, timeoutMs: 3000 }, background: true },
        { server: "append", data: "f", contentType: stream, afterMs: 100 },
        { server: "append", data: "fo", contentType: stream, afterMs: 20 },
        { server: "append", data: '{"foobar":1}', contentType: stream, afterMs: 20 },
        { await: true, expect: { data: 'ffo{"foobar":1}' } },
        {
          do: "read",
          with: { live: "sse", waitForUpToDate: true },
          expect: { data: 'ffo{"foobar":1}', upToDate: true },
        },
      ],
    }),
  ),
  {
    name: "offsets: now equals the tail, and a reading there has no data",
    stream: "text/plain",
    steps: [
      ...append("one"),
      { do: "head", save: { tail: "offset" } },
      {
        do: "read",
        with: { offset: "now" },
        expect: { chunkCount: 0, upToDate: true },
        save: { now: "offset" },
      },
      ...append("two"),
      { do: "read", with: { offset: "$now" }, expect: { data: "two" } },
      { do: "read", with: { offset: "$tail" }, expect: { data: "two" } },
    ],
  },
  {
    name: "offsets: an invalid one is classified",
    stream: "text/plain",
    steps: [
      { do: "read", with: { offset: "not an offset" }, expect: { errorCode: "INVALID_OFFSET", status: 400 } },
    ],
  },
  {
    name: "faults: 500, 503 and 429 are retried, 400 and 404 are not",
    stream: "text/plain",
    needs: "injected faults",
    steps: [
      ...append("one"),
      ...[
        { status: 500 },
        { status: 503 },
        { status: 429, retryAfter: 1 },
        { status: 500, count: 2 },
      ].flatMap((fault): Step[] => [{ inject: fault }, { do: "read", expect: { data: "one" } }]),
      { inject: { status: 404 } },
      { do: "read", expect: { errorCode: "NOT_FOUND" } },
      { inject: { status: 400 } },
      { do: "read", expect: { errorCode: "UNEXPECTED_STATUS", status: 400 } },
    ],
  },
  {
    name: "faults: delays and dropped connections are survived",
    stream: "text/plain",
    needs: "injected faults",
    steps: [
      ...append("one"),
      ...[
        { delayMs: 100 },
        { delayMs: 50, jitterMs: 50 },
        { dropConnection: true },
        { dropConnection: true, count: 2 },
      ].flatMap((fault): Step[] => [{ inject: fault }, { do: "read", expect: { data: "one" } }]),
      { inject: { status: 500, method: "POST" } },
      ...append("two"),
      { do: "read", expect: { data: "onetwo" } },
    ],
  },
  {
    name: "faults: a corrupted JSON body is a PARSE_ERROR, never an empty result",
    stream: "application/json",
    needs: "injected faults",
    steps: [
      ...append('{"a":1,"b":"some longer text"}'),
      { inject: { truncateBodyBytes: 10 } },
      { do: "read", expect: { errorCode: "PARSE_ERROR" } },
      { do: "read", expect: { data: '[{"a":1,"b":"some longer text"}]' } },
    ],
  },
  ...["not json", ""].map(
    (data): Case => ({
      name: `faults: a control event with ${JSON.stringify(data)} is a PARSE_ERROR`,
      stream: "text/plain",
      needs: "injected faults",
      steps: [
        { inject: { injectSseEvent: { eventType: "control", data }, count: 2 } },
        { do: "read", with: { live: "sse", timeoutMs: 1500 }, expect: { errorCode: "PARSE_ERROR" } },
      ],
    }),
  ),
  {
    name: "faults: events of unknown types are skipped",
    stream: "text/plain",
    needs: "injected faults",
    steps: [
      ...append("one"),
      { inject: { injectSseEvent: { eventType: "unknown", data: "?" }, count: 2 } },
      { do: "read", with: { live: "sse", waitForUpToDate: true }, expect: { data: "one" } },
    ],
  },
];
