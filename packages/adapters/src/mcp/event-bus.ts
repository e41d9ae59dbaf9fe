import { batchesOf, isMissing } from "@perennial/ai";
import { appendOnce } from "../streams/append.ts";
import { handleAt, type StreamsPlace } from "../streams/place.ts";

/** An event of MCP's servers: `tools_list_changed`, say. */
// biome-ignore lint/suspicious/noExplicitAny: the events of the SDK that the program has
type ServerEvent = any;
type Listener = (event: ServerEvent) => void;

/** Options of `DurableServerEventBus`. */
export interface EventBusOptions extends StreamsPlace {
  /** The name of the bus: all servers with this name, at this address, are one. Default `server-events`. */
  readonly name?: string | undefined;
  /** How long its stream is kept after the last event, in seconds. Default an hour: nobody reads old events. */
  readonly ttlSeconds?: number | undefined;
  /** Told of what goes wrong: a listener that throws, a server that cannot be reached. Default `console.error`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** An event as it is stored, with the process that published it. */
interface StoredEvent {
  readonly from: string;
  readonly event: ServerEvent;
}

const HOUR_SECONDS = 3_600;
const RETRY_MS = 1_000;

/**
 * The `ServerEventBus` of the MCP SDK 2 on a durable stream: what one process publishes, the subscriptions at all others hear.
 *
 * @example
 * ```ts
 * import { DurableServerEventBus } from "@perennial/adapters/mcp";
 * const bus = new DurableServerEventBus({ streamsUrl: "http://localhost:4437/v1/stream/mcp" });
 * // createMcpHandler(factory, { bus })
 * bus.publish({ kind: "tools_list_changed" });
 * ```
 */
export class DurableServerEventBus {
  readonly #options: EventBusOptions;
  readonly #from = crypto.randomUUID();
  readonly #listeners = new Set<Listener>();
  /** Ends the reading; undefined while nobody listens. */
  #reading: AbortController | undefined;
  /** Publications are stored in their order. */
  #storing: Promise<unknown> = Promise.resolve();

  constructor(options: EventBusOptions) {
    this.#options = options;
  }

  /** Publishes an event: at once to listeners of this process, a moment later to all others. */
  publish(event: ServerEvent): void {
    this.#tell(event);
    const stored: StoredEvent = { from: this.#from, event };
    const { ttlSeconds = HOUR_SECONDS } = this.#options;
    const store = () => appendOnce(this.#handle(), stored, ttlSeconds);
    this.#storing = this.#storing.then(store).catch((error: unknown) => this.#failed(error));
  }

  /** Listens to what is published from now on. @returns ends it */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#reading === undefined) {
      this.#reading = new AbortController();
      void this.#read(this.#reading.signal);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#reading?.abort();
      this.#reading = undefined;
    };
  }

  #handle() {
    return handleAt(this.#options, this.#options.name ?? "server-events");
  }

  /** Reads from the stream's end on, for as long as somebody listens. */
  async #read(signal: AbortSignal): Promise<void> {
    for (let offset = "now"; !signal.aborted; ) {
      try {
        const options = { json: true, live: "sse", offset, signal, visibility: false } as const;
        const response = await this.#handle().stream<StoredEvent>(options);
        for await (const batch of batchesOf(response)) {
          offset = batch.offset;
          for (const stored of batch.items) this.#heard(stored);
        }
      } catch (error) {
        if (signal.aborted) return;
        // Nobody has published yet, or not for long: the stream begins with whoever does, and is read from there.
        if (isMissing(error)) offset = "-1";
        else this.#failed(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** What is no event is passed over: others may write there, too. */
  #heard(stored: StoredEvent | null): void {
    const { from, event } = stored ?? {};
    if (typeof from === "string" && from !== this.#from && event !== undefined) this.#tell(event);
  }

  #tell(event: ServerEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  #failed(error: unknown): void {
    (this.#options.onError ?? console.error)(error);
  }
}
