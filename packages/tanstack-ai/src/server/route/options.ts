import type { WaitUntil } from "@perennial/ai";
import type { ChatActor } from "../../actor.ts";
import type { DurableChatSessionStreamTarget } from "../target.ts";
import type { ChatAgent } from "./agent.ts";

/** The session that a request is about, and who asks. */
export interface OpenedSession {
  readonly stream: DurableChatSessionStreamTarget;
  /** Who asks, as you know by a cookie, say. Without it the page is believed: for demonstrations only. */
  readonly actor?: ChatActor | undefined;
}

/** Somebody waits for the answer: what cannot be reached in so many ms is said to be so. */
export const ROUTE_BACKOFF = { initialDelay: 100, multiplier: 2, maxDelay: 1_000, deadline: 4_000 };

/** Options of `durableChatRoute`. */
export interface DurableChatRouteOptions {
  /** Which session a request is about, if this person may read and write it; else undefined, and the page hears 403. */
  readonly open: (request: Request) => Promise<OpenedSession | undefined>;
  /** Who answers, one after the other. */
  readonly agents: readonly ChatAgent[];
  /** Keeps the process alive while an answer is written. Vercel's and Netlify's are found by themselves. */
  readonly waitUntil?: WaitUntil | undefined;
  /** What readers are told when an answer fails. Default: that an error occurred, and nothing about it. */
  readonly onError?: ((error: unknown) => string) | undefined;
  /** The longest silence after which readers take this process for dead, in ms. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /** A session is folded, for whoever comes later, after each so many answers. Default 10. */
  readonly foldEvery?: number | undefined;
  /** The longest message that is taken, in bytes of its request. Default 1,000,000. */
  readonly messageBytesMax?: number | undefined;
}
