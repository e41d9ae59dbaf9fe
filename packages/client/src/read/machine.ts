/**
 * The read loop's states, and what moves it from one to the next. Pure: the driver (`session.ts`) performs the
 * requests and reports what happened.
 *
 *     catch-up     plain GETs, page after page, until one reaches the tail
 *     long-poll    GETs that wait at the tail
 *     sse          one connection on which events arrive
 *     backing-off  waiting before the next attempt; `next` says what comes then
 *     paused       the app is in the background: no live request
 *     ended        for good
 *
 * Transitions ("reading" is any of the first three; "live" is what to do at the tail):
 *
 *      #  state        event                                   next state
 *      1  any          stop                                    ended
 *      2  any          page, closed                            ended
 *      3  catch-up     page at the tail, live = none           ended
 *      4  catch-up     page at the tail, live = L              L, or paused when hidden
 *      5  catch-up     page before the tail, moved             catch-up
 *      6  catch-up     page before the tail, moved nothing     backing-off, or ended when live = none
 *      7  long-poll    page at the tail                        long-poll, or backing-off after idle answers in a row
 *      8  long-poll    page before the tail                    catch-up
 *      9  sse          page (a control event)                  sse
 *     10  reading      lost                                    backing-off (next: the same)
 *     11  sse          ended, after long enough                sse
 *     12  sse          ended or lost, too soon                 backing-off (next: sse), or long-poll at the limit
 *     13  sse          silent or not served                    long-poll
 *     14  other        silent                                  the same
 *     15  backing-off  waited                                  next, or paused when hidden and next is live
 *     16  long-poll    hide                                    paused (next: catch-up)
 *     17  sse          hide                                    paused (next: sse)
 *     18  other        hide                                    the same, remembered for 4 and 15
 *     19  paused       show                                    next
 *     20  other        show                                    the same
 *
 * 12 and 13 are for good: `live` becomes long-poll. 16 makes the first request after the pause a plain GET, which is
 * answered at once. In `ended` and `paused` every other event is late news of a request that was cut, and changes
 * nothing; so is any event that a row does not name for its state.
 */
export type Phase = Reading | "backing-off" | "paused" | "ended";

/** The phases in which a request is under way. */
export type Reading = "catch-up" | "long-poll" | "sse";

/** What to do at the tail. */
export type Live = "none" | "long-poll" | "sse";

/** Why the loop waits: each has its own pace. */
export type WaitCause = "failure" | "short-connection" | "idle";

export interface ReadState {
  readonly phase: Phase;
  readonly live: Live;
  /** What follows `backing-off` or `paused`. */
  readonly next: Reading;
  readonly hidden: boolean;
  /** Why `backing-off` waits. */
  readonly cause: WaitCause;
  /** Connections lost in a row, with no page between. */
  readonly failures: number;
  /** SSE connections in a row that ended too soon. */
  readonly shortConnections: number;
  /** Answers in a row that came at once and held nothing. */
  readonly idleAnswers: number;
}

export type ReadEvent =
  /** A response, or an SSE control event, was taken whole. `idle`: it came at once and moved nothing. */
  | {
      readonly type: "page";
      readonly atTail: boolean;
      readonly closed: boolean;
      readonly moved: boolean;
      readonly idle: boolean;
    }
  /** An SSE connection ended cleanly. */
  | { readonly type: "ended"; readonly short: boolean }
  /** A connection broke. `short`: sooner than an SSE connection should. */
  | { readonly type: "lost"; readonly short: boolean }
  /** A live connection was silent for too long and was cut. `barren`: nothing at all had arrived on it. */
  | { readonly type: "silent"; readonly barren: boolean }
  /** The answer to an SSE request was no event stream. */
  | { readonly type: "not-served" }
  | { readonly type: "waited" }
  | { readonly type: "hide" }
  | { readonly type: "show" }
  | { readonly type: "stop" };

/** What the transitions need to know of the options. */
export interface ReadPolicy {
  /** Short SSE connections in a row that end the use of SSE. */
  readonly maxShortConnections: number;
}

/** Answers in a row that come at once and hold nothing, before the loop slows down. A sane server sends none. */
export const IDLE_ANSWERS_MAX = 3;

/** The state of a session that has its first response in hand. */
export function initialState(live: Live, hidden: boolean): ReadState {
  return {
    phase: "catch-up",
    live,
    next: "catch-up",
    hidden,
    cause: "failure",
    failures: 0,
    shortConnections: 0,
    idleAnswers: 0,
  };
}

/** The next state. Rows of the table above are named in the comments. */
export function transition(state: ReadState, event: ReadEvent, policy: ReadPolicy): ReadState {
  const { phase } = state;
  if (phase === "ended") return state;
  switch (event.type) {
    case "stop":
      return end(state); // 1
    case "hide":
      return isReading(phase) ? enter({ ...state, hidden: true }, phase) : { ...state, hidden: true }; // 16, 17, 18
    case "show": {
      const shown = { ...state, hidden: false };
      return phase === "paused" ? enter(shown, state.next) : shown; // 19, 20
    }
    case "waited":
      return phase === "backing-off" ? enter(state, state.next) : state; // 15
    default:
      if (event.type === "page" && event.closed) return end(state); // 2
      return isReading(phase) ? onReading(state, phase, event, policy) : state;
  }
}

type ReadingEvent = Extract<ReadEvent, { type: "page" | "ended" | "lost" | "silent" | "not-served" }>;

function onReading(state: ReadState, phase: Reading, event: ReadingEvent, policy: ReadPolicy): ReadState {
  if (event.type === "page") return onPage({ ...state, failures: 0 }, phase, event);
  if (event.type === "lost" && !(phase === "sse" && event.short))
    return backOff({ ...state, failures: state.failures + 1 }, phase, "failure"); // 10
  if (phase !== "sse") return state; // 14
  switch (event.type) {
    case "silent":
      return event.barren ? fallBack(state) : state; // 13, 14
    case "not-served":
      return fallBack(state); // 13
    default:
      return event.short ? onShortConnection(state, policy) : { ...state, shortConnections: 0 }; // 12, 11
  }
}

function onPage(state: ReadState, phase: Reading, page: Extract<ReadEvent, { type: "page" }>): ReadState {
  if (phase === "sse") return state; // 9
  const counted = { ...state, idleAnswers: page.idle ? state.idleAnswers + 1 : 0 };
  if (page.atTail) {
    if (phase === "catch-up") return state.live === "none" ? end(state) : enter(state, state.live); // 3, 4
    return counted.idleAnswers > IDLE_ANSWERS_MAX ? backOff(counted, phase, "idle") : counted; // 7
  }
  if (phase === "long-poll" || page.moved) return { ...state, phase: "catch-up", idleAnswers: 0 }; // 8, 5
  return state.live === "none" ? end(state) : backOff(counted, phase, "idle"); // 6
}

function onShortConnection(state: ReadState, policy: ReadPolicy): ReadState {
  const shortConnections = state.shortConnections + 1;
  if (shortConnections >= policy.maxShortConnections) return fallBack(state);
  return backOff({ ...state, shortConnections }, "sse", "short-connection");
}

/** Starts a phase, or the pause before it when it is a live one and the app is hidden. */
function enter(state: ReadState, phase: Reading): ReadState {
  if (!state.hidden || phase === "catch-up") return { ...state, phase };
  return { ...state, phase: "paused", next: phase === "sse" ? phase : "catch-up" };
}

function backOff(state: ReadState, next: Reading, cause: WaitCause): ReadState {
  return { ...state, phase: "backing-off", next, cause };
}

function fallBack(state: ReadState): ReadState {
  return { ...state, live: "long-poll", phase: "long-poll", shortConnections: 0 };
}

function end(state: ReadState): ReadState {
  return { ...state, phase: "ended" };
}

export function isReading(phase: Phase): phase is Reading {
  return phase === "catch-up" || phase === "long-poll" || phase === "sse";
}
