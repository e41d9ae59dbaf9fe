import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IDLE_ANSWERS_MAX, initialState, type ReadEvent, type ReadState, transition } from "./machine.ts";

const policy = { maxShortConnections: 3 };
const base = initialState("long-poll", false);

function state(changes: Partial<ReadState>): ReadState {
  return { ...base, ...changes };
}

function page(changes: Partial<Extract<ReadEvent, { type: "page" }>> = {}): ReadEvent {
  return { type: "page", atTail: true, closed: false, moved: true, idle: false, ...changes };
}

const catchUp = state({ phase: "catch-up" });
const longPoll = state({ phase: "long-poll" });
const sse = state({ phase: "sse", live: "sse" });
const paused = state({ phase: "paused", hidden: true, next: "catch-up" });
const backingOff = state({ phase: "backing-off", next: "long-poll" });
const ended = state({ phase: "ended" });
const lost: ReadEvent = { type: "lost", short: false };
const beforeTail = page({ atTail: false });
const stalled = page({ atTail: false, moved: false });

/** The table at the top of machine.ts, row by row: number, state, event, what must hold afterwards. */
const rows: readonly (readonly [number, string, ReadState, ReadEvent, Partial<ReadState>])[] = [
  [1, "catch-up stop", catchUp, { type: "stop" }, { phase: "ended" }],
  [1, "sse stop", sse, { type: "stop" }, { phase: "ended" }],
  [1, "paused stop", paused, { type: "stop" }, { phase: "ended" }],
  [1, "backing-off stop", backingOff, { type: "stop" }, { phase: "ended" }],
  [2, "catch-up closed", catchUp, page({ closed: true }), { phase: "ended" }],
  [2, "long-poll closed", longPoll, page({ closed: true }), { phase: "ended" }],
  [2, "sse closed", sse, page({ closed: true }), { phase: "ended" }],
  [2, "paused closed", paused, page({ closed: true }), { phase: "ended" }],
  [3, "catch-up tail, not live", state({ live: "none" }), page(), { phase: "ended" }],
  [4, "catch-up tail, long-poll", catchUp, page(), { phase: "long-poll" }],
  [4, "catch-up tail, sse", state({ live: "sse" }), page(), { phase: "sse" }],
  [4, "catch-up tail, hidden", state({ hidden: true }), page(), { phase: "paused", next: "catch-up" }],
  [
    4,
    "catch-up tail, sse, hidden",
    state({ hidden: true, live: "sse" }),
    page(),
    { phase: "paused", next: "sse" },
  ],
  [5, "catch-up before the tail", catchUp, beforeTail, { phase: "catch-up" }],
  [6, "catch-up stalled", catchUp, stalled, { phase: "backing-off", next: "catch-up", cause: "idle" }],
  [6, "catch-up stalled, not live", state({ live: "none" }), stalled, { phase: "ended" }],
  [7, "long-poll tail", longPoll, page(), { phase: "long-poll", idleAnswers: 0 }],
  [7, "long-poll idle once", longPoll, page({ idle: true }), { phase: "long-poll", idleAnswers: 1 }],
  [
    7,
    "long-poll idle too often",
    state({ phase: "long-poll", idleAnswers: IDLE_ANSWERS_MAX }),
    page({ idle: true }),
    { phase: "backing-off", next: "long-poll", cause: "idle" },
  ],
  [8, "long-poll before the tail", longPoll, beforeTail, { phase: "catch-up" }],
  [9, "sse page", sse, page(), { phase: "sse" }],
  [9, "sse page before the tail", sse, beforeTail, { phase: "sse" }],
  [
    10,
    "catch-up lost",
    catchUp,
    lost,
    { phase: "backing-off", next: "catch-up", cause: "failure", failures: 1 },
  ],
  [10, "long-poll lost", longPoll, lost, { phase: "backing-off", next: "long-poll", failures: 1 }],
  [10, "sse lost", sse, lost, { phase: "backing-off", next: "sse", failures: 1, shortConnections: 0 }],
  [
    11,
    "sse ended",
    { ...sse, shortConnections: 2 },
    { type: "ended", short: false },
    { phase: "sse", shortConnections: 0 },
  ],
  [
    12,
    "sse ended soon",
    sse,
    { type: "ended", short: true },
    { phase: "backing-off", next: "sse", cause: "short-connection", shortConnections: 1 },
  ],
  [12, "sse lost soon", sse, { type: "lost", short: true }, { phase: "backing-off", shortConnections: 1 }],
  [
    12,
    "sse ended soon, at the limit",
    { ...sse, shortConnections: 2 },
    { type: "ended", short: true },
    { phase: "long-poll", live: "long-poll" },
  ],
  [13, "sse silent", sse, { type: "silent", barren: true }, { phase: "long-poll", live: "long-poll" }],
  [13, "sse not served", sse, { type: "not-served" }, { phase: "long-poll", live: "long-poll" }],
  [14, "sse silent after data", sse, { type: "silent", barren: false }, { phase: "sse", live: "sse" }],
  [14, "long-poll silent", longPoll, { type: "silent", barren: true }, { phase: "long-poll" }],
  [14, "catch-up silent", catchUp, { type: "silent", barren: true }, { phase: "catch-up" }],
  [15, "backing-off waited", backingOff, { type: "waited" }, { phase: "long-poll" }],
  [
    15,
    "backing-off waited, hidden",
    { ...backingOff, hidden: true },
    { type: "waited" },
    { phase: "paused" },
  ],
  [
    15,
    "backing-off waited, hidden, catching up",
    { ...backingOff, hidden: true, next: "catch-up" },
    { type: "waited" },
    { phase: "catch-up" },
  ],
  [16, "long-poll hide", longPoll, { type: "hide" }, { phase: "paused", next: "catch-up", hidden: true }],
  [17, "sse hide", sse, { type: "hide" }, { phase: "paused", next: "sse", hidden: true }],
  [18, "catch-up hide", catchUp, { type: "hide" }, { phase: "catch-up", hidden: true }],
  [18, "backing-off hide", backingOff, { type: "hide" }, { phase: "backing-off", hidden: true }],
  [18, "not live hide", state({ live: "none" }), { type: "hide" }, { phase: "catch-up", hidden: true }],
  [19, "paused show", paused, { type: "show" }, { phase: "catch-up", hidden: false }],
  [19, "paused show, sse", { ...paused, next: "sse" }, { type: "show" }, { phase: "sse" }],
  [20, "catch-up show", { ...catchUp, hidden: true }, { type: "show" }, { phase: "catch-up", hidden: false }],
  [
    20,
    "backing-off show",
    { ...backingOff, hidden: true },
    { type: "show" },
    { phase: "backing-off", hidden: false },
  ],
];

const anyEvent: fc.Arbitrary<ReadEvent> = fc.oneof(
  fc.record({
    type: fc.constant("page" as const),
    atTail: fc.boolean(),
    closed: fc.constant(false),
    moved: fc.boolean(),
    idle: fc.boolean(),
  }),
  fc.record({ type: fc.constantFrom("ended" as const, "lost" as const), short: fc.boolean() }),
  fc.record({ type: fc.constant("silent" as const), barren: fc.boolean() }),
  fc.record({
    type: fc.constantFrom("not-served" as const, "waited" as const, "hide" as const, "show" as const),
  }),
);

describe("the read loop", () => {
  test.each(rows)("row %i: %s", (_row, _name, before, event, after) => {
    expect(transition(before, event, policy)).toMatchObject(after);
  });

  test("every row of the table has a test", () => {
    expect(new Set(rows.map(([row]) => row))).toEqual(
      new Set(Array.from({ length: 20 }, (_, index) => index + 1)),
    );
  });

  test("late news change nothing in a pause or after the end", () => {
    for (const event of [page(), lost, { type: "silent", barren: true }, { type: "waited" }] as const) {
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
