import {
  appendToSession,
  foldChunks,
  type GenerationTarget,
  guardGeneration,
  isMissing,
  readSession,
  type SessionMessage,
  type SessionView,
  VANISHED,
} from "@perennial/ai";
import { readValues } from "../streams/append.ts";
import { handleAt, type StreamsPlace, streamUrl } from "../streams/place.ts";
import { aguiFormat, isEvent } from "./format.ts";
import { OpenEnds } from "./open-ends.ts";
import type { AguiEvent } from "./types.ts";

/** A run that is over, with the pieces of its messages joined. */
export interface StoredRun extends SessionMessage {
  readonly events: readonly AguiEvent[];
}

/** Threads: each a session whose messages are the runs that are over, beside the streams of its runs. */
export class Threads {
  readonly #place: StreamsPlace;
  readonly #ttlSeconds: number | undefined;
  readonly #onWarning: (error: unknown) => void;
  /** Runs of other processes that are being watched. */
  readonly #watched = new Set<string>();

  constructor(place: StreamsPlace, ttlSeconds: number | undefined, onWarning: (error: unknown) => void) {
    this.#place = place;
    this.#ttlSeconds = ttlSeconds;
    this.#onWarning = onWarning;
  }

  run(threadId: string, runId: string): GenerationTarget {
    return { ...this.#place, url: streamUrl(this.#place, "threads", threadId, runId) };
  }

  /** What a thread holds; undefined if there is none. */
  async view(threadId: string): Promise<SessionView<StoredRun> | undefined> {
    try {
      const { view } = await readSession<StoredRun>(this.#thread(threadId));
      const messages = view.messages.map(({ id, events }) => ({ id, events: eventsIn(events) }));
      return { ...view, messages };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * Begins a run, of which a thread has one at a time: of those that begin at once the first one in the stream.
   *
   * @returns the runs before it
   * @throws Error when another one is under way, or this one was there before
   */
  async begin(threadId: string, runId: string): Promise<readonly StoredRun[]> {
    await handleAt(this.#place, "threads", threadId).create({ ttlSeconds: this.#ttlSeconds });
    for (const { id } of (await this.view(threadId))?.running ?? []) await this.#settle(threadId, id);
    const before = await this.view(threadId);
    if (before?.messages.some(({ id }) => id === runId)) throw new Error("This run was carried out before");
    if (before?.running.length) throw new Error("Thread already running");
    const { url } = this.run(threadId, runId);
    await appendToSession<StoredRun>(this.#thread(threadId), { type: "begun", id: runId, url: String(url) });
    const view = await this.view(threadId);
    if (view?.running[0]?.id === runId) return view.messages;
    await this.end(threadId, runId, []);
    throw new Error("Thread already running");
  }

  /** Ends a run. One in which nothing happened leaves nothing. */
  async end(threadId: string, runId: string, events: readonly AguiEvent[]): Promise<void> {
    const message = { id: runId, events: foldChunks(aguiFormat, events) };
    await appendToSession<StoredRun>(this.#thread(threadId), {
      ...{ type: "over", id: runId, end: "completed" },
      ...(events.length === 0 ? {} : { message }),
    });
  }

  /** Sees to it that a run of another process ends, also if that process is gone. */
  watch(threadId: string, runId: string): void {
    const key = JSON.stringify([threadId, runId]);
    if (this.#watched.has(key)) return;
    this.#watched.add(key);
    guardGeneration(this.run(threadId, runId), aguiFormat)
      .then(() => this.#settle(threadId, runId))
      .catch((error: unknown) => (isMissing(error) ? undefined : this.#onWarning(error)))
      .finally(() => this.#watched.delete(key));
  }

  /** Ends a run in its thread if its stream has ended; else watches it. */
  async #settle(threadId: string, runId: string): Promise<void> {
    const handle = handleAt(this.#place, "threads", threadId, runId);
    const head = await handle.head();
    if (head.exists && !head.streamClosed) return this.watch(threadId, runId);
    const events = eventsIn(await readValues<unknown>(handle));
    const isBroken = events.at(-1)?.message === VANISHED;
    await this.end(threadId, runId, isBroken ? closed(events.slice(0, -1)) : events);
  }

  #thread(threadId: string): GenerationTarget {
    return { ...this.#place, url: streamUrl(this.#place, "threads", threadId) };
  }
}

/** The events in what somebody stored. */
function eventsIn(values: unknown): AguiEvent[] {
  return Array.isArray(values) ? values.filter(isEvent) : [];
}

/** The events of a run whose process is gone, and those that close it. */
export function closed(events: readonly AguiEvent[]): AguiEvent[] {
  const open = new OpenEnds();
  for (const event of events) open.see(event);
  return [...events, ...open.ending({ kind: "broken", message: VANISHED })];
}
