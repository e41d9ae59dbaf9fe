import { appendOnce, readValues } from "../streams/append.ts";
import { handleAt, type StreamsPlace } from "../streams/place.ts";

/** An item of an agent's history. */
// biome-ignore lint/suspicious/noExplicitAny: the items of the SDK that the program has
type Item = any;

/** Options of `DurableSession`. */
export interface SessionOptions extends StreamsPlace {
  /** Names the session. Default: a new one. */
  readonly sessionId?: string | undefined;
  /** How long it is kept after its last use, in seconds. Default: as long as the server keeps it. */
  readonly ttlSeconds?: number | undefined;
}

/** What happened to a history, as it is stored. */
type Entry =
  | { readonly type: "add"; readonly items: readonly Item[] }
  | { readonly type: "pop"; readonly id: string }
  | { readonly type: "replace"; readonly items: readonly Item[] };

/** A history after some entries, and what each `pop` took. */
interface History {
  readonly items: readonly Item[];
  readonly popped: ReadonlyMap<string, Item>;
}

/** @param entries - as they are stored: what is none is passed over, since others may write there, too */
function historyOf(entries: readonly unknown[]): History {
  const popped = new Map<string, Item>();
  let items: Item[] = [];
  for (const entry of entries) {
    const { type, ...rest } = (entry ?? {}) as Partial<Entry> & {
      readonly items?: unknown;
      readonly id?: unknown;
    };
    if (type === "add" && Array.isArray(rest.items)) items.push(...rest.items);
    else if (type === "replace" && Array.isArray(rest.items)) items = [...rest.items];
    else if (type === "pop" && typeof rest.id === "string") popped.set(rest.id, items.pop());
  }
  return { items, popped };
}

/**
 * The `Session` of the OpenAI Agents SDK in a durable stream: the history survives the process, and any number of processes
 * may use it at once. What each of them does is appended; nothing is ever written over.
 *
 * @example
 * ```ts
 * import { DurableSession } from "@perennial/adapters/openai-agents";
 * const session = new DurableSession({ streamsUrl: "http://localhost:4437/v1/stream/agents", sessionId: "ada" });
 * // await run(agent, "Hello", { session })
 * ```
 */
export class DurableSession {
  readonly #options: SessionOptions;
  readonly #id: string;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#id = options.sessionId ?? crypto.randomUUID();
  }

  async getSessionId(): Promise<string> {
    return this.#id;
  }

  /** The history, or its last `limit` items. @throws FetchError, or the error of `fetch` */
  async getItems(limit?: number): Promise<Item[]> {
    const { items } = await this.#history();
    if (limit === undefined) return [...items];
    return limit <= 0 ? [] : items.slice(-limit);
  }

  /** Adds items. @throws FetchError, or the error of `fetch` */
  async addItems(items: readonly Item[]): Promise<void> {
    if (items.length > 0) await this.#append({ type: "add", items });
  }

  /** Takes the last item away. Of several who do so at once, each gets another one. @throws FetchError, or the error of `fetch` */
  async popItem(): Promise<Item | undefined> {
    if ((await this.#history()).items.length === 0) return undefined;
    const id = crypto.randomUUID();
    await this.#append({ type: "pop", id });
    return (await this.#history()).popped.get(id);
  }

  /** Forgets all items. @throws FetchError, or the error of `fetch` */
  async clearSession(): Promise<void> {
    await this.#append({ type: "replace", items: [] });
  }

  /** Puts others in the place of all items, as compaction does. @throws FetchError, or the error of `fetch` */
  async replaceHistoryWithCompaction(items: readonly Item[]): Promise<void> {
    await this.#append({ type: "replace", items });
  }

  async #append(entry: Entry): Promise<void> {
    await appendOnce(handleAt(this.#options, this.#id), entry, this.#options.ttlSeconds);
  }

  async #history(): Promise<History> {
    return historyOf(await readValues<unknown>(handleAt(this.#options, this.#id)));
  }
}
