import { type BackoffPolicy, backoffBound } from "../http/backoff.ts";
import type { LiveMode } from "../options.ts";
import type { Position } from "./position.ts";
import type { Resilience } from "./resilience.ts";

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
 * Transitions ("reading" is any of the first three; "idle" is an answer that brings nothing where it should):
 *
 *      #  state        event                                   next state
 *      1  any          stop                                    ended
 *      2  any          page, closed                            ended
 *      3  catch-up     page at the tail or idle, not live      ended
 *      4  catch-up     page at the tail, live                  sse or long-poll, or paused when hidden
 *      5  catch-up     page before the tail                    catch-up, or backing-off after idle ones in a row
 *      6  long-poll    page at the tail                        long-poll, or backing-off after idle ones in a row
 *      7  long-poll    page before the tail                    catch-up
 *      8  sse          page (a control event)                  sse
 *      9  reading      lost                                    backing-off (next: the same, or catch-up after many)
 *     10  sse          ended, after long enough                sse
 *     11  sse          ended or lost, too soon                 backing-off (next: sse), or long-poll at the limit
 *     12  sse          not served                              long-poll
 *     13  other        not served                              the same
 *     14  backing-off  waited                                  next, or paused when hidden and next is live
 *     15  long-poll    hidden                                  paused (next: catch-up)
 *     16  sse          hidden                                  paused (next: sse)
 *     17  other        hidden                                  the same, remembered for 4 and 14
 *     18  paused       shown                                   next
 *     19  other        shown                                   the same
 *
 * 11 and 12 are for good: `live` becomes long-poll. 15, and 9 after many in a row, make the next request a plain GET, which
 * is answered at once. In `ended` and `paused` every other event is late news of a request that was cut, and changes
 * nothing; so is any event that a row does not name for its state.
 */
export type Phase = Reading | "backing-off" | "paused" | "ended";

/** The phases in which a request is under way. */
export type Reading = "catch-up" | "long-poll" | "sse";

export interface ReadState {
  readonly phase: Phase;
  /** What to do at the tail. */
  readonly live: LiveMode;
  /** What follows `backing-off` or `paused`. */
  readonly next: Reading;
  readonly hidden: boolean;
  /** How long `backing-off` or `paused` lasts at most, in ms. */
  readonly waitMax: number;
  /** Connections lost in a row, with no page between, nor news. */
  readonly failures: number;
  /** SSE connections in a row that ended too soon. */
  readonly shortConnections: number;
  /** Idle answers in a row. */
  readonly idleAnswers: number;
}

export type ReadEvent =
  /** A response, or an SSE control event, was taken whole. */
  | ({ readonly type: "page"; readonly idle: boolean } & Pick<Position, "upToDate" | "streamClosed">)
  /** An SSE connection ended cleanly. `short`: sooner than it should. */
  | { readonly type: "ended"; readonly short: boolean }
  /** Any connection broke. `hasNews`: after something of its body was handed on. */
  | { readonly type: "lost"; readonly short: boolean; readonly hasNews: boolean }
  /** What should have been an event stream was something else, or nothing at all. */
  | { readonly type: "not-served" }
  | { readonly type: "waited" }
  | { readonly type: "visibility"; readonly hidden: boolean }
  | { readonly type: "stop" };

/** What the transitions need to know of the options. */
export type ReadPolicy = Pick<Resilience, "maxShortConnections" | "backoffBaseDelay" | "backoffMaxDelay"> & {
  readonly backoff: BackoffPolicy;
};

/** Idle answers in a row before the loop slows down. A sane server sends none. */
export const IDLE_ANSWERS_MAX = 3;

/** Connections lost in a row after which a live request gives way to a plain one. */
export const LIVE_FAILURES_MAX = 3;

/** The state of a session that has its first response in hand. */
export function initialState(live: LiveMode, hidden: boolean): ReadState {
  return {
    phase: "catch-up",
    live,
    next: "catch-up",
    hidden,
    waitMax: 0,
    failures: 0,
    shortConnections: 0,
    idleAnswers: 0,
  };
}

/** The next state. */
export function transition(state: ReadState, event: ReadEvent, policy: ReadPolicy): ReadState {
  return { ...state, ...change(state, event, policy) };
}

type Change = Partial<ReadState>;

/** What an event changes. Rows of the table above are named in the comments. */
function change(state: ReadState, event: ReadEvent, policy: ReadPolicy): Change {
  const { phase, next } = state;
  if (phase === "ended") return {};
  switch (event.type) {
    case "stop":
      return ENDED; // 1
    case "visibility": {
      const { hidden } = event;
      if (isReading(phase)) return { hidden, ...enter(phase, hidden) }; // 15, 16, 17, 19
      return phase === "paused" && !hidden ? { hidden, ...enter(next, hidden) } : { hidden }; // 17, 18, 19
    }
    case "waited":
      return phase === "backing-off" ? enter(next, state.hidden) : {}; // 14
    default:
      if (event.type === "page" && event.streamClosed) return ENDED; // 2
      return isReading(phase) ? onReading(state, phase, event, policy) : {};
  }
}

type Page = Extract<ReadEvent, { type: "page" }>;
type ReadingEvent = Extract<ReadEvent, { type: "page" | "ended" | "lost" | "not-served" }>;

function onReading(state: ReadState, phase: Reading, event: ReadingEvent, policy: ReadPolicy): Change {
  if (event.type === "page") return { failures: 0, ...onPage(state, phase, event, policy) };
  if (event.type === "not-served") return phase === "sse" ? FALLEN_BACK : {}; // 12, 13
  if (phase === "sse" && event.short) return onShortConnection(state, policy); // 11
  if (event.type === "ended") return { shortConnections: 0 }; // 10
  const failures = event.hasNews ? 1 : state.failures + 1;
  const next = failures > LIVE_FAILURES_MAX ? "catch-up" : phase;
  return { failures, ...backOff(next, backoffBound(policy.backoff, failures)) }; // 9
}

function onPage(state: ReadState, phase: Reading, { upToDate, idle }: Page, policy: ReadPolicy): Change {
  if (phase === "sse") return {}; // 8
  if (phase === "catch-up") {
    if (!state.live && (upToDate || idle)) return ENDED; // 3
    if (upToDate) return enter(state.live === "sse" ? "sse" : "long-poll", state.hidden); // 4
  }
  const next = upToDate ? phase : "catch-up";
  const idleAnswers = idle ? state.idleAnswers + 1 : 0;
  if (idleAnswers <= IDLE_ANSWERS_MAX) return { phase: next, idleAnswers }; // 5, 6, 7
  return { idleAnswers, ...backOff(next, backoffBound(policy.backoff, idleAnswers)) }; // 5, 6
}

function onShortConnection(state: ReadState, policy: ReadPolicy): Change {
  const shortConnections = state.shortConnections + 1;
  if (shortConnections >= policy.maxShortConnections) return FALLEN_BACK;
  const bound = policy.backoffBaseDelay * 2 ** shortConnections;
  return { shortConnections, ...backOff("sse", Math.min(bound, policy.backoffMaxDelay)) };
}

/** Starts a phase, or the pause before it when it is a live one and the app is hidden. */
function enter(phase: Reading, hidden: boolean): Change {
  if (!hidden || phase === "catch-up") return { phase };
  const next = phase === "sse" ? phase : "catch-up";
  return { phase: "paused", next, waitMax: Number.POSITIVE_INFINITY };
}

function backOff(next: Reading, waitMax: number): Change {
  return { phase: "backing-off", next, waitMax };
}

const ENDED: Change = { phase: "ended" };
const FALLEN_BACK: Change = { live: "long-poll", phase: "long-poll" };

export function isReading(phase: Phase): phase is Reading {
  return phase === "catch-up" || phase === "long-poll" || phase === "sse";
}
