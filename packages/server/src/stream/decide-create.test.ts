import { PLAIN_CREATION, PLAIN_SETTINGS } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import type { CreateCommand } from "./commands.ts";
import { decideCreate, decideExisting, type ForkPlace } from "./decide-create.ts";
import { initialState } from "./evolve.ts";
import { type CreateRecord, NO_BYTES } from "./records.ts";

const NOW = 1_700_000_000_000;
const LIMITS = { aheadBytes: 1000 };
const TTL = { ttlSeconds: 60, expiresAt: undefined };

function command(more: Partial<CreateCommand> = {}): CreateCommand {
  return {
    ...PLAIN_SETTINGS,
    ...{ path: "/v1/stream/s", contentType: "text/plain", body: NO_BYTES },
    ...more,
  };
}

const AS_FORK = { sourcePath: "/v1/stream/source", anchor: undefined, subOffset: 0 };

function created(asked: CreateCommand, place?: ForkPlace): CreateRecord {
  const decision = decideCreate(7, asked, place, LIMITS, NOW);
  if (decision.kind !== "record") throw new Error(JSON.stringify(decision));
  return decision.record;
}

/** A source of 10 bytes with a lifetime and a limit, left at 4. */
function placeInSource(): ForkPlace {
  const path = AS_FORK.sourcePath;
  const data = { parts: [Buffer.alloc(10)], byteLength: 10 };
  const source = initialState({ ...PLAIN_CREATION, ...TTL, path, data, maxBytes: 20 });
  return { source, anchor: 4, offset: 4 };
}

test("what was left out has its default", () => {
  const record = created(command({ contentType: undefined }));
  expect(record).toMatchObject({ id: 7, at: NOW, contentType: "application/octet-stream", fork: undefined });
});

test("a fork has of its source what its request left out", () => {
  const record = created(command({ contentType: undefined, fork: AS_FORK }), placeInSource());
  expect(record).toMatchObject({ ...TTL, contentType: "text/plain", maxBytes: 20 });
  expect(record.fork).toMatchObject({ anchor: 4, offset: 4, inheritsLifetime: true, inheritsMaxBytes: true });
});

test("a fork has what its request names, and either lifetime takes the place of the source's", () => {
  const asked = command({ expiresAt: NOW + 1, maxBytes: 5, fork: AS_FORK });
  const record = created(asked, placeInSource());
  expect(record).toMatchObject({ ttlSeconds: undefined, expiresAt: NOW + 1, maxBytes: 5 });
  expect(record.fork).toMatchObject({ inheritsLifetime: false, inheritsMaxBytes: false });
});

test.each([
  // The source's limit counts what is inherited: 4 of 20 bytes.
  { more: { contentType: "application/json", body: 17 }, reason: "fork-content-type" },
  { more: { contentType: "text/plain", body: 17 }, reason: "stream-max-bytes" },
  { more: { contentType: "text/plain", body: 16 }, reason: undefined },
])("a fork with $more.contentType and $more.body bytes: $reason", ({ more, reason }) => {
  const { contentType, body: byteLength } = more;
  const body = { parts: [Buffer.alloc(byteLength)], byteLength };
  const asked = command({ contentType, body, fork: AS_FORK });
  const decision = decideCreate(7, asked, placeInSource(), LIMITS, NOW);
  expect(decision.kind === "rejected" ? decision.rejection.kind : undefined).toBe(reason);
});

test("the same request again finds the stream as it is, whatever it left out", () => {
  const whole = { expiresAt: NOW + 1, maxBytes: 5, closed: true };
  for (const more of [{}, whole, { contentType: undefined }]) {
    const asked = command(more);
    expect(decideExisting(initialState(created(asked)), asked)).toEqual({ kind: "exists" });
    const asFork = { ...asked, fork: AS_FORK };
    const fork = initialState(created(asFork, placeInSource()));
    expect(decideExisting(fork, asFork)).toEqual({ kind: "exists" });
  }
});

test.each<[string, Partial<CreateCommand>]>([
  ["fork source, offset or sub-offset", { fork: AS_FORK }],
  ["content type", { contentType: "text/html" }],
  ["content type", { contentType: undefined }],
  ["TTL or expiry", TTL],
  ["TTL or expiry", { expiresAt: NOW }],
  ["its Stream-Max-Bytes is not set", { maxBytes: 1 }],
  ["it is open", { closed: true }],
])("a plain stream differs in %j from %j", (difference, more) => {
  const decision = decideExisting(initialState(PLAIN_CREATION), command(more));
  expect(decision).toMatchObject({ rejection: { kind: "stream-exists", difference } });
});

test.each<[string, Partial<CreateCommand>]>([
  ["exists", { fork: { ...AS_FORK, anchor: 4 } }],
  ["exists", TTL],
  ["exists", { maxBytes: 20 }],
  ["rejected", { fork: undefined }],
  ["rejected", { fork: { ...AS_FORK, sourcePath: "/v1/stream/other" } }],
  ["rejected", { fork: { ...AS_FORK, anchor: 5 } }],
  ["rejected", { fork: { ...AS_FORK, subOffset: 1 } }],
  ["rejected", { ttlSeconds: 61 }],
  ["rejected", { maxBytes: 19 }],
])("what a fork inherited counts as named: %s with %j", (kind, more) => {
  const fork = initialState(created(command({ fork: AS_FORK }), placeInSource()));
  expect(decideExisting(fork, command({ fork: AS_FORK, ...more })).kind).toBe(kind);
});

test("the path of a deleted stream that serves its forks is in use, whatever is asked", () => {
  const state = initialState(PLAIN_CREATION);
  state.life = "soft-deleted";
  expect(decideExisting(state, command())).toMatchObject({ rejection: { kind: "path-in-use" } });
});
