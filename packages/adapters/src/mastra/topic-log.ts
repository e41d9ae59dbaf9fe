import { batchesOf, isMissing } from "@perennial/ai";
import type { Offset } from "@perennial/client";
import { appendOnce, readLog } from "../streams/append.ts";
import { handleAt, type StreamsPlace } from "../streams/place.ts";
import type { NewEvent, PubSubEvent } from "./types.ts";

const RETRY_MS = 500;

/** A place in a topic: numbers count events, offsets are the server's. */
export interface TopicPlace {
  readonly offset: Offset;
  readonly index: number;
}

export const TOPIC_START: TopicPlace = { offset: "-1", index: 0 };

/** The events of topics, each a stream. Numeric indexes are counted over offsets. */
export class TopicLog {
  readonly #place: StreamsPlace;
  readonly #ttlSeconds: number;

  constructor(place: StreamsPlace, ttlSeconds: number) {
    this.#place = place;
    this.#ttlSeconds = ttlSeconds;
  }

  async append(topic: string, event: NewEvent): Promise<void> {
    const stored = { ...event, id: crypto.randomUUID(), createdAt: new Date().toISOString() };
    await appendOnce(this.#handle(topic), stored, this.#ttlSeconds);
  }

  /** All events from an index on, and where what comes next begins. */
  async read(topic: string, from = 0): Promise<{ events: PubSubEvent[]; next: TopicPlace }> {
    const { values, offset } = await readLog<unknown>(this.#handle(topic));
    const events = values
      .map(toEvent)
      .slice(from)
      .filter((event) => event !== undefined);
    return { events, next: { offset, index: values.length } };
  }

  /** Tells what comes behind a place, until the signal is aborted. A topic that is cleared begins anew. */
  async follow(
    topic: string,
    from: TopicPlace,
    signal: AbortSignal,
    take: (event: PubSubEvent) => void | Promise<void>,
    onError: (error: unknown) => void,
  ): Promise<void> {
    for (let { offset, index } = from; !signal.aborted; ) {
      try {
        const options = { json: true, live: "sse", offset, signal, visibility: false } as const;
        const response = await this.#handle(topic).stream<unknown>(options);
        for await (const batch of batchesOf(response)) {
          for (const value of batch.items) {
            const event = toEvent(value, index++);
            if (event !== undefined && !signal.aborted) await take(event);
          }
          offset = batch.offset;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (isMissing(error)) ({ offset, index } = TOPIC_START);
        else onError(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async clear(topic: string): Promise<void> {
    await this.#handle(topic)
      .delete()
      .catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
  }

  #handle(topic: string) {
    return handleAt(this.#place, "topics", topic);
  }
}

/** An event out of its stored form; undefined for what is none: others may write there, too. */
function toEvent(value: unknown, index: number): PubSubEvent | undefined {
  const { type, id, runId, data, createdAt } = (value ?? {}) as Record<string, unknown>;
  if (typeof type !== "string" || typeof id !== "string") return undefined;
  return { type, id, runId: String(runId), data, createdAt: new Date(String(createdAt)), index };
}
