import { appendOnce, readValues } from "../streams/append.ts";
import { formatEventId, parseEventId } from "../streams/event-id.ts";
import { handleAt, type StreamsPlace } from "../streams/place.ts";

/** A message of MCP, of any version of its SDK. */
// biome-ignore lint/suspicious/noExplicitAny: the messages of the SDK that the program has
type Message = any;

/** Options of `DurableEventStore`. */
export interface EventStoreOptions extends StreamsPlace {
  /** How long the events of a stream are kept after the last one, in seconds. Default a day. */
  readonly ttlSeconds?: number | undefined;
}

const DAY_SECONDS = 86_400;

/**
 * The `EventStore` of the MCP SDK (1 and 2) on durable streams: a client that lost its connection gets what it missed, from
 * whichever process it reaches next.
 *
 * @example
 * ```ts
 * import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
 * import { DurableEventStore } from "@perennial/adapters/mcp";
 * const eventStore = new DurableEventStore({ streamsUrl: "http://localhost:4437/v1/stream/mcp" });
 * new StreamableHTTPServerTransport({ sessionIdGenerator: () => crypto.randomUUID(), eventStore });
 * ```
 */
export class DurableEventStore {
  readonly #options: EventStoreOptions;

  constructor(options: EventStoreOptions) {
    this.#options = options;
  }

  /** Stores a message. @returns its event id @throws FetchError, or the error of `fetch` */
  async storeEvent(streamId: string, message: Message): Promise<string> {
    const { ttlSeconds = DAY_SECONDS } = this.#options;
    const offset = await appendOnce(handleAt(this.#options, streamId), message, ttlSeconds);
    return formatEventId({ stream: streamId, offset, count: 0 });
  }

  /** The stream that an event is of; undefined for an id that is none of ours. */
  async getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return parseEventId(eventId)?.stream;
  }

  /**
   * Sends what came after an event, in order.
   *
   * @returns the stream that it was of; empty for an id that is none of ours
   * @throws FetchError, or the error of `fetch`; what `send` throws
   */
  async replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: Message) => Promise<void> },
  ): Promise<string> {
    const place = parseEventId(lastEventId);
    if (place === undefined) return "";
    const messages = await readValues<Message>(handleAt(this.#options, place.stream), place.offset);
    for (const [at, message] of messages.entries()) {
      // The event that primes a connection is no message.
      if (at < place.count || Object.keys(message ?? {}).length === 0) continue;
      await send(formatEventId({ ...place, count: at + 1 }), message);
    }
    return place.stream;
  }
}
