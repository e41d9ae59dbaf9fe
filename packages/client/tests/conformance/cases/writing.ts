import type { Case, Step } from "../case.ts";

const producer = { producerId: "p", epoch: 0, autoClaim: false };
const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n));

/** Producer behaviours: create, append, ordering tokens, idempotent producers. */
export const writingCases: readonly Case[] = [
  {
    name: "create: 201, then 200 for the same, 409 for another configuration",
    steps: [
      { do: "create", with: { contentType: "text/plain" }, expect: { status: 201 } },
      { do: "create", with: { contentType: "text/plain" }, expect: { status: 200 } },
      {
        do: "create",
        with: { contentType: "application/json" },
        expect: { errorCode: "CONFLICT", status: 409 },
      },
    ],
  },
  {
    name: "create: content type and time to live are kept",
    steps: [
      {
        do: "create",
        with: { contentType: "text/html; charset=utf-8", ttlSeconds: 60 },
        expect: { status: 201 },
      },
      { do: "head", expect: { contentType: "text/html; charset=utf-8", ttlSeconds: 60 } },
    ],
  },
  {
    name: "append: text, bytes and unicode are stored in order; nothing is refused",
    stream: "application/octet-stream",
    steps: [
      { do: "append", with: { data: "a" } },
      { do: "append", with: { data: btoa("b"), binary: true } },
      { do: "append", with: { data: "ç🌍" } },
      { do: "append", with: { data: "x".repeat(1000) } },
      { do: "append", with: { data: "" }, expect: { errorCode: "UNEXPECTED_STATUS", status: 400 } },
      { do: "read", expect: { data: `abç🌍${"x".repeat(1000)}` } },
    ],
  },
  {
    name: "append: the result's offset is the tail",
    stream: "text/plain",
    steps: [
      { do: "append", with: { data: "a" }, save: { tail: "offset" } },
      { do: "append", with: { data: "b" } },
      { do: "read", with: { offset: "$tail" }, expect: { data: "b" } },
    ],
  },
  {
    name: "sequence: it must grow, gaps are allowed, and none is needed",
    stream: "text/plain",
    steps: [
      { do: "append", with: { data: "a", seq: 1 } },
      { do: "append", with: { data: "b", seq: 5 } },
      { do: "append", with: { data: "c", seq: 5 }, expect: { errorCode: "SEQUENCE_CONFLICT", status: 409 } },
      { do: "append", with: { data: "c", seq: 3 }, expect: { errorCode: "SEQUENCE_CONFLICT", status: 409 } },
      { do: "append", with: { data: "c" } },
      { do: "append", with: { data: "d", seq: 9007199254740991 } },
      { do: "read", expect: { data: "abcd" } },
    ],
  },
  {
    name: "errors: a missing stream is 404 for every operation, and the message names it",
    steps: ["append", "connect", "head", "delete", "close"].map(
      (operation): Step => ({
        do: operation,
        with: { data: "a" },
        expect: { errorCode: "NOT_FOUND", status: 404 },
      }),
    ),
  },
  {
    name: "errors: appending and deleting after a delete is 404",
    stream: "text/plain",
    steps: [
      { do: "delete", expect: { status: 200 } },
      { do: "append", with: { data: "a" }, expect: { errorCode: "NOT_FOUND" } },
      { do: "delete", expect: { errorCode: "NOT_FOUND" } },
    ],
  },
  {
    name: "producer: a batch of JSON is as many messages, nested arrays are kept",
    stream: "application/json",
    steps: [
      { do: "idempotent-append", with: { ...producer, data: '{"a":1}' } },
      {
        do: "idempotent-append-batch",
        with: { ...producer, producerId: "q", items: ["[1,[2]]", '"x"', "null", "true"] },
      },
      { do: "read", expect: { data: '[{"a":1},[1,[2]],"x",null,true]' } },
    ],
  },
  {
    name: "producer: a second instance under the same tuple is deduplicated",
    stream: "text/plain",
    steps: [
      { do: "idempotent-append-batch", with: { ...producer, items: ["a"] } },
      { do: "idempotent-append-batch", with: { ...producer, items: ["a"] } },
      { do: "read", expect: { data: "a" } },
    ],
  },
  ...[false, true].flatMap((autoClaim): Case[] => [
    {
      name: `producer: 20 texts with 5 in flight arrive in order (autoClaim ${autoClaim})`,
      stream: "text/plain",
      steps: [
        {
          do: "idempotent-append-batch",
          with: { ...producer, autoClaim, maxInFlight: 5, items: numbers(20) },
        },
        { do: "read", expect: { data: numbers(20).join("") } },
      ],
    },
    {
      name: `producer: 10 JSON messages with 5 in flight arrive in order (autoClaim ${autoClaim})`,
      stream: "application/json",
      steps: [
        {
          do: "idempotent-append-batch",
          with: { ...producer, autoClaim, maxInFlight: 5, items: numbers(10) },
        },
        { do: "read", expect: { data: `[${numbers(10).join(",")}]` } },
      ],
    },
  ]),
  {
    name: "producer: a fenced one fails, and recovers with autoClaim",
    stream: "text/plain",
    steps: [
      { do: "idempotent-append", with: { ...producer, epoch: 3, data: "a" } },
      {
        do: "idempotent-append",
        with: { ...producer, epoch: 1, data: "b" },
        expect: { errorCode: "UNEXPECTED_STATUS", status: 403 },
      },
      { do: "idempotent-append", with: { ...producer, epoch: 2, autoClaim: true, data: "b" } },
      { do: "idempotent-append-batch", with: { ...producer, epoch: 0, autoClaim: true, items: ["c", "d"] } },
      { do: "read", expect: { data: "abcd" } },
    ],
  },
  {
    name: "producer: options out of range are refused by name",
    stream: "text/plain",
    steps: [
      { do: "validate", with: { target: { target: "idempotent-producer", epoch: 0 } } },
      ...[{ epoch: -1 }, { maxBatchBytes: 0 }, { maxBatchBytes: -1 }].map((option): Step => {
        const [name = ""] = Object.keys(option);
        const message = expectText(name);
        return {
          do: "validate",
          with: { target: { target: "idempotent-producer", ...option } },
          expect: { errorCode: "INVALID_ARGUMENT", message },
        };
      }),
    ],
  },
];

/** The message that names an option. */
function expectText(name: string): string {
  return name === "epoch" ? "epoch must be >= 0" : `${name} must be > 0`;
}
