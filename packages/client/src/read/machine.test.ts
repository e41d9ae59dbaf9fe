import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffPolicy } from "../http/backoff.ts";
import {
  IDLE_ANSWERS_MAX,
  initialState,
  LIVE_FAILURES_MAX,
  type ReadEvent,
  type ReadState,
  transition,
} from "./machine.ts";

const policy = {
  maxShortConnections: 3,
  backoffBaseDelay: 100,
  backoffMaxDelay: 300,
  backoff: backoffPolicy({ initialDelay: 10, multiplier: 2, maxDelay: 35 }),
};
const base = initialState("long-poll", false);

function state(changes: Partial<ReadState>): ReadState {
  return { ...base, ...changes };
}

function page(changes: Partial<Extract<ReadEvent, { type: "page" }>> = {}): ReadEvent {
  return { type: "page", upToDate: true, streamClosed: false, idle: false, ...changes };
}

const catchUp = state({ phase: "catch-up" });
const longPoll = state({ phase: "long-poll" });
const sse = state({ phase: "sse", live: "sse" });
const paused = state({ phase: "paused", hidden: true, next: "catch-up" });
const backingOff = state({ phase: "backing-off", next: "long-poll" });
const ended = state({ phase: "ended" });
const lost: ReadEvent = { type: "lost", short: false, hasNews: false };
const notServed: ReadEvent = { type: "not-served" };
const hide: ReadEvent = { type: "visibility", hidden: true };
const show: ReadEvent = { type: "visibility", hidden: false };
const closed = page({ streamClosed: true });
const idle = page({ idle: true });
const beforeTail = page({ upToDate: false });
const stalled = page({ upToDate: false, idle: true });

/** A state in which one more idle answer is too many. */
function patient(changes: Partial<ReadState>): ReadState {
  return state({ idleAnswers: IDLE_ANSWERS_MAX, ...changes });
}

/** The table at the top of machine.ts, row by row: number, state, event, what must hold afterwards. */
const rows: readonly (readonly [number, string, ReadState, ReadEvent, Partial<ReadState>])[] = [
  [1, "catch-up stop", catchUp, { type: "stop" }, { phase: "ended" }],
  [1, "sse stop", sse, { type: "stop" }, { phase: "ended" }],
  [1, "paused stop", paused, { type: "stop" }, { phase: "ended" }],
  [1, "backing-off stop", backingOff, { type: "stop" }, { phase: "ended" }],
  [2, "catch-up closed", catchUp, closed, { phase: "ended" }],
  [2, "long-poll closed", longPoll, closed, { phase: "ended" }],
  [2, "sse closed", sse, closed, { phase: "ended" }],
  [2, "paused closed", paused, closed, { phase: "ended" }],
  [3, "catch-up tail, not live", state({ live: false }), page(), { phase: "ended" }],
  [3, "catch-up stalled, not live", state({ live: false }), stalled, { phase: "ended" }],
  [4, "catch-up tail", catchUp, page(), { phase: "long-poll" }],
  [4, "catch-up tail, live true", state({ live: true }), page(), { phase: "long-poll" }],
  [4, "catch-up tail, sse", state({ live: "sse" }), page(), { phase: "sse" }],
  [4, "catch-up tail, hidden", state({ hidden: true }), page(), { phase: "paused", next: "catch-up" }],
  [
    4,
    "catch-up tail, sse, hidden",
    state({ hidden: true, live: "sse" }),
    page(),
    { phase: "paused", next: "sse" },
  ],
  [5, "catch-up before the tail", catchUp, beforeTail, { phase: "catch-up", idleAnswers: 0 }],
  [5, "catch-up before the tail, not live", state({ live: false }), beforeTail, { phase: "catch-up" }],
  [5, "catch-up stalled once", catchUp, stalled, { phase: "catch-up", idleAnswers: 1 }],
  [5, "catch-up stalled too often", patient({}), stalled, { phase: "backing-off", next: "catch-up" }],
  [6, "long-poll tail", patient({ phase: "long-poll" }), page(), { phase: "long-poll", idleAnswers: 0 }],
  [6, "long-poll idle once", longPoll, idle, { phase: "long-poll", idleAnswers: 1 }],
  [
    6,
    "long-poll idle too often",
    patient({ phase: "long-poll" }),
    idle,
    { phase: "backing-off", next: "long-poll", waitMax: 35 },
  ],
  [7, "long-poll before the tail", longPoll, beforeTail, { phase: "catch-up" }],
  [8, "sse page", sse, page(), { phase: "sse" }],
  [8, "sse page before the tail", sse, beforeTail, { phase: "sse" }],
  [9, "catch-up lost", catchUp, lost, { phase: "backing-off", next: "catch-up", waitMax: 10, failures: 1 }],
  [9, "long-poll lost again", { ...longPoll, failures: 1 }, lost, { next: "long-poll", waitMax: 20 }],
  [9, "catch-up lost with news", { ...catchUp, failures: 7 }, { ...lost, hasNews: true }, { failures: 1 }],
  [
    9,
    "sse lost often",
    { ...sse, failures: LIVE_FAILURES_MAX },
    lost,
    { phase: "backing-off", next: "catch-up", live: "sse" },
  ],
  [9, "sse lost", sse, lost, { phase: "backing-off", next: "sse", failures: 1, shortConnections: 0 }],
  [
    10,
    "sse ended",
    { ...sse, shortConnections: 2 },
    { type: "ended", short: false },
    { phase: "sse", shortConnections: 0 },
  ],
  [
    11,
    "sse ended soon",
    sse,
    { type: "ended", short: true },
    { phase: "backing-off", next: "sse", waitMax: 200, shortConnections: 1 },
  ],
  [
    11,
    "sse lost soon again",
    { ...sse, shortConnections: 1 },
    { ...lost, short: true },
    { phase: "backing-off", waitMax: 300, shortConnections: 2, failures: 0 },
  ],
  [
    11,
    "sse ended soon, at the limit",
    { ...sse, shortConnections: 2 },
    { type: "ended", short: true },
    { phase: "long-poll", live: "long-poll" },
  ],
  [12, "sse not served", sse, notServed, { phase: "long-poll", live: "long-poll" }],
  [13, "long-poll not served", longPoll, notServed, longPoll],
  [13, "catch-up not served", { ...catchUp, live: "sse" }, notServed, { ...catchUp, live: "sse" }],
  [14, "backing-off waited", backingOff, { type: "waited" }, { phase: "long-poll" }],
  [
    14,
    "backing-off waited, hidden",
    { ...backingOff, hidden: true },
    { type: "waited" },
    { phase: "paused" },
  ],
  [
    14,
    "backing-off waited, hidden, catching up",
    { ...backingOff, hidden: true, next: "catch-up" },
    { type: "waited" },
    { phase: "catch-up" },
  ],
  [15, "long-poll hide", longPoll, hide, { phase: "paused", next: "catch-up", hidden: true }],
  [16, "sse hide", sse, hide, { phase: "paused", next: "sse", hidden: true }],
  [17, "catch-up hide", catchUp, hide, { phase: "catch-up", hidden: true }],
  [17, "backing-off hide", backingOff, hide, { phase: "backing-off", hidden: true }],
  [17, "paused hide", paused, hide, { phase: "paused", hidden: true }],
  [17, "not live hide", state({ live: false }), hide, { phase: "catch-up", hidden: true }],
  [18, "paused show", paused, show, { phase: "catch-up", hidden: false }],
  [18, "paused show, sse", { ...paused, next: "sse" }, show, { phase: "sse" }],
  [19, "catch-up show", { ...catchUp, hidden: true }, show, { phase: "catch-up", hidden: false }],
  [19, "backing-off show", { ...backingOff, hidden: true }, show, { phase: "backing-off", hidden: false }],
];

const anyEvent: fc.Arbitrary<ReadEvent> = fc.oneof(
  fc.record({
    type: fc.constant("page" as const),
    upToDate: fc.boolean(),
    streamClosed: fc.constant(false),
    idle: fc.boolean(),
  }),
  fc.record({ type: fc.constant("ended" as const), short: fc.boolean() }),
  fc.record({ type: fc.constant("lost" as const), short: fc.boolean(), hasNews: fc.boolean() }),
  fc.record({ type: fc.constantFrom("not-served" as const, "waited" as const) }),
  fc.record({ type: fc.constant("visibility" as const), hidden: fc.boolean() }),
);

describe("the read loop", () => {
  test.each(rows)("row %i: %s", (_row, _name, before, event, after) => {
    expect(transition(before, event, policy)).toMatchObject(after);
  });

  test("every row of the table has a test", () => {
    expect(new Set(rows.map(([row]) => row))).toEqual(
      new Set(Array.from({ length: 19 }, (_, index) => index + 1)),
    );
  });

  test("late news change nothing in a pause or after the end", () => {
    for (const event of [page(), lost, notServed, { type: "waited" }] as const) {
      expect(transition(paused, event, policy)).toEqual(paused);
      expect(transition(ended, event, policy)).toEqual(ended);
    }
  });

  test("a page forgets the failures before it", () => {
    expect(transition({ ...catchUp, failures: 4 }, page(), policy).failures).toBe(0);
  });

  test("no history makes a live request while hidden, or ends a live session without being told to", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("long-poll" as const, "sse" as const),
        fc.array(anyEvent),
        (live, events) => {
          let current = initialState(live, false);
          for (const event of events) {
            current = transition(current, event, policy);
            expect(current.phase).not.toBe("ended");
            if (current.hidden) expect(["catch-up", "paused", "backing-off"]).toContain(current.phase);
            if (current.live === "long-poll") expect(current.phase).not.toBe("sse");
          }
        },
      ),
    );
  });
});
