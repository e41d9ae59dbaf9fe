import { PLAIN_CREATION } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import type { AppendCommand } from "./commands.ts";
import { type AppendDecision, decideAppend, judgeRequest } from "./decide-append.ts";
import { evolve, initialState } from "./evolve.ts";
import { KnownProducers } from "./known-producers.ts";
import { NO_BYTES, type StoredBytes } from "./records.ts";
import type { StreamState } from "./state.ts";

const LIMITS = { producersPerStream: 10, aheadBytes: 1000 };
const NOW = 1_700_000_000_000;

function bytes(text: string): StoredBytes {
  return { parts: [Buffer.from(text)], byteLength: Buffer.byteLength(text) };
}

/** An append of plain text. */
function command(text: string, more: Partial<AppendCommand> = {}): AppendCommand {
  const plain = { contentType: "text/plain", closes: false, producer: undefined, streamSeq: undefined };
  return { body: text === "" ? NO_BYTES : bytes(text), ...plain, ...more };
}

/** Decides, and applies what was decided. */
function accept(state: StreamState, asked: AppendCommand): AppendDecision {
  const decision = decideAppend(state, asked, LIMITS, NOW);
  if (decision.kind === "record") evolve(state, decision.record);
  return decision;
}

/** The reason of a refusal, or how else it was decided. */
function reason(decision: AppendDecision): string {
  return decision.kind === "rejected" ? decision.rejection.kind : decision.kind;
}

test.each([
  { text: "", closes: false, contentType: "text/plain", problem: "empty-body" },
  { text: "", closes: false, contentType: undefined, problem: "empty-body" },
  { text: "", closes: true, contentType: undefined, problem: undefined },
  { text: "x", closes: true, contentType: undefined, problem: "missing-content-type" },
  { text: "x", closes: false, contentType: "text/plain", problem: undefined },
])("a body of %j by itself", ({ text, problem, ...more }) => {
  expect(judgeRequest(command(text, more))?.kind).toBe(problem);
});

test("the record holds all that was decided, and begins at the tail", () => {
  const state = initialState({ ...PLAIN_CREATION, data: bytes("abc") });
  const producer = { id: "p", epoch: 0, seq: 0 };
  const asked = command("de", { closes: true, producer, streamSeq: "7" });
  expect(decideAppend(state, asked, LIMITS, NOW)).toEqual({
    kind: "record",
    record: {
      ...{ kind: "append", id: 1, at: NOW, position: 3, data: asked.body },
      ...{ closes: true, producer, streamSeq: "7" },
    },
  });
  expect(state.tail).toBe(3);
});

test("of several things that are wrong the first is said, in the order of protocol §17.1", () => {
  const state = initialState({ ...PLAIN_CREATION, contentType: "application/json", maxBytes: 20 });
  accept(state, command("[1,2]", { contentType: "application/json", streamSeq: "5" }));
  const stale = { id: "p", epoch: 0, seq: 0 };
  state.producers = new KnownProducers();
  state.producers.set("p", { epoch: 1, lastSeq: 4, lastAt: 0 });
  state.closed = true;
  let asked = command('{"a":', { contentType: "text/plain", producer: stale, streamSeq: "5" });
  const said: string[] = [];
  const next = (more: Partial<AppendCommand>): void => {
    said.push(reason(decideAppend(state, asked, LIMITS, NOW)));
    asked = { ...asked, ...more };
  };
  next({});
  state.closed = false;
  next({ contentType: "application/json" });
  next({ producer: { id: "p", epoch: 1, seq: 5 } });
  next({ streamSeq: "6" });
  next({ body: bytes('"a text too long for it"') });
  next({ body: bytes('"short"') });
  next({});
  expect(said).toEqual([
    ...["stream-closed", "content-type-mismatch", "stale-epoch", "stream-seq-regression"],
    ...["invalid-json", "stream-max-bytes", "record"],
  ]);
});

test("a repeat of what was stored is a duplicate, also where it would be refused if it were new", () => {
  const state = initialState({ ...PLAIN_CREATION, maxBytes: 3 });
  const asked = command("abc", { producer: { id: "p", epoch: 0, seq: 0 }, streamSeq: "1" });
  expect(accept(state, asked).kind).toBe("record");
  expect(accept(state, asked)).toEqual({ kind: "duplicate", epoch: 0, lastSeq: 0 });
});

test("content types are the same whatever their parameters and letter case", () => {
  const state = initialState({ ...PLAIN_CREATION, contentType: "Text/Plain;charset=utf-8" });
  expect(reason(decideAppend(state, command("a"), LIMITS, NOW))).toBe("record");
  const other = command("a", { contentType: "text/html" });
  expect(decideAppend(state, other, LIMITS, NOW)).toMatchObject({
    rejection: { kind: "content-type-mismatch", expected: "Text/Plain;charset=utf-8" },
  });
});

test.each([
  ["9", "record"],
  ["10", "stream-seq-regression"],
  ["1", "stream-seq-regression"],
  ["100", "record"],
  ["", "stream-seq-regression"],
  [undefined, "record"],
])("after Stream-Seq 10 comes %j, byte by byte: %s", (streamSeq, outcome) => {
  const state = initialState(PLAIN_CREATION);
  accept(state, command("a", { streamSeq: "10" }));
  expect(reason(decideAppend(state, command("b", { streamSeq }), LIMITS, NOW))).toBe(outcome);
});

test("positions end where numbers stop being exact", () => {
  const state = initialState(PLAIN_CREATION);
  state.tail = Number.MAX_SAFE_INTEGER - 3;
  expect(reason(decideAppend(state, command("abc"), LIMITS, NOW))).toBe("record");
  expect(reason(decideAppend(state, command("abcd"), LIMITS, NOW))).toBe("stream-full");
});

test("an empty array closes nothing", () => {
  const state = initialState({ ...PLAIN_CREATION, contentType: "application/json" });
  const asked = command("[]", { contentType: "application/json", closes: true });
  expect(reason(decideAppend(state, asked, LIMITS, NOW))).toBe("empty-array");
});

test("long bytes are refused before anything is done with them; of long JSON the messages are found first", () => {
  const decide = (contentType: string): string => {
    const state = initialState({ ...PLAIN_CREATION, contentType, maxBytes: 1000 });
    return reason(decideAppend(state, command("x".repeat(1001), { contentType }), LIMITS, NOW));
  };
  expect([decide("text/plain"), decide("application/json")]).toEqual(["stream-max-bytes", "unready"]);
});

const CLOSING = { id: "p", epoch: 1, seq: 4 };

test.each([
  { by: CLOSING, text: "", closes: true, outcome: "duplicate" },
  { by: CLOSING, text: "abc", closes: true, outcome: "duplicate" },
  { by: CLOSING, text: "abc", closes: false, outcome: "stream-closed" },
  { by: { ...CLOSING, seq: 3 }, text: "", closes: true, outcome: "stream-closed" },
  { by: { ...CLOSING, epoch: 2 }, text: "", closes: true, outcome: "stream-closed" },
  { by: { ...CLOSING, id: "q" }, text: "", closes: true, outcome: "stream-closed" },
  { by: undefined, text: "", closes: true, outcome: "already-closed" },
  { by: undefined, text: "abc", closes: true, outcome: "stream-closed" },
])("what p, 1, 4 has closed: $by, $text, $closes is $outcome", ({ by, text, closes, outcome }) => {
  const state = initialState({ ...PLAIN_CREATION, data: bytes("abc") });
  evolve(state, {
    ...{ kind: "append", id: 1, at: NOW, position: 3, data: NO_BYTES },
    ...{ closes: true, producer: CLOSING, streamSeq: undefined },
  });
  const decision = decideAppend(state, command(text, { closes, producer: by }), LIMITS, NOW);
  expect(reason(decision)).toBe(outcome);
  if (decision.kind === "rejected") expect(decision.rejection).toMatchObject({ finalPosition: 3 });
});
