import type { StreamsPlace } from "../streams/place.ts";
import { Group } from "./group.ts";
import { holderOf, Leases } from "./leases.ts";
import { TOPIC_START, TopicLog } from "./topic-log.ts";
import type { EventCallback, NewEvent, PubSubEvent, SubscribeOptions } from "./types.ts";

/** Options of `createDurablePubSub`. */
export interface PubSubOptions extends StreamsPlace {
  /** How long a topic is kept after its last use, in seconds. Default a day. */
  readonly ttlSeconds?: number | undefined;
  /** How long a process that is gone keeps a group from all others, in ms. Default 5,000. */
  readonly leaseMs?: number | undefined;
  /** Told of subscribers that fail, and of a server that cannot be reached. Default `console.error`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** What it does, beside what the host's class has. */
export interface DurablePubSub {
  publish(topic: string, event: NewEvent, options?: { localOnly?: boolean }): Promise<void>;
  subscribe(topic: string, callback: EventCallback, options?: SubscribeOptions): Promise<void>;
  unsubscribe(topic: string, callback: EventCallback): Promise<void>;
  flush(): Promise<void>;
  clearTopic(topic: string): Promise<void>;
  readonly supportedModes: readonly ("pull" | "push")[];
  readonly supportsNativeBatching: boolean;
  readonly supportsOffsets: boolean;
  getHistory(topic: string, offset?: number): Promise<PubSubEvent[]>;
  subscribeWithReplay(topic: string, callback: EventCallback): Promise<void>;
  subscribeFromOffset(topic: string, offset: number, callback: EventCallback): Promise<void>;
  /** Ends all subscriptions. */
  close(): Promise<void>;
  acquireLease(key: string, owner: string, ttlMs: number): Promise<{ acquired: boolean; owner?: string }>;
  getLeaseOwner(key: string): Promise<string | undefined>;
  releaseLease(key: string, owner: string): Promise<void>;
  renewLease(key: string, owner: string, ttlMs: number): Promise<boolean>;
  transferLease(key: string, fromOwner: string, toOwner: string, ttlMs: number): Promise<boolean>;
}

const DAY_SECONDS = 86_400;
const LEASE_MS = 5_000;

/**
 * The `PubSub` of Mastra on durable streams, and its `LeaseProvider`.
 *
 * @param PubSub - the class of the Mastra that the program has
 * @example
 * ```ts
 * import { createDurablePubSub } from "@perennial/adapters/mastra";
 * declare abstract class PubSub {} // import { PubSub } from "@mastra/core/events";
 * const pubsub = createDurablePubSub(PubSub, { streamsUrl: "http://localhost:4437/v1/stream/mastra" });
 * // new Mastra({ pubsub })
 * ```
 */
export function createDurablePubSub<Host extends object>(
  // biome-ignore lint/suspicious/noExplicitAny: whatever the host's constructor takes, which is nothing
  PubSub: abstract new (...args: any[]) => Host,
  options: PubSubOptions,
): Host & DurablePubSub {
  const topics = new Topics(options);
  // biome-ignore lint/suspicious/noExplicitAny: a class that is not known cannot be extended with types
  class Durable extends (PubSub as any) {
    get supportedModes() {
      return ["pull"] as const;
    }
    get supportsNativeBatching() {
      return false;
    }
    get supportsOffsets() {
      return true;
    }
  }
  const own = new Durable() as object;
  for (const name of Object.getOwnPropertyNames(Topics.prototype) as (keyof Topics)[])
    if (String(name) !== "constructor")
      Object.defineProperty(own, name, { value: (topics[name] as () => unknown).bind(topics) });
  return own as Host & DurablePubSub;
}

/** All that a program subscribes to. */
class Topics {
  readonly #log: TopicLog;
  readonly #leases: Leases;
  readonly #options: PubSubOptions;
  readonly #owner = crypto.randomUUID();
  /** What each callback follows a topic with, by topic. */
  readonly #followers = new Map<string, Map<EventCallback, AbortController>>();
  readonly #groups = new Map<string, Map<string, Group>>();
  readonly #publishing = new Set<Promise<unknown>>();
  /** Events of a topic are stored in the order in which they are published. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(options: PubSubOptions) {
    this.#options = options;
    const { ttlSeconds = DAY_SECONDS } = options;
    this.#log = new TopicLog(options, ttlSeconds);
    this.#leases = new Leases(options, ttlSeconds);
  }

  async publish(topic: string, event: NewEvent, options: { localOnly?: boolean } = {}): Promise<void> {
    if (options.localOnly) return this.#tellHere(topic, event);
    const before = this.#last.get(topic) ?? Promise.resolve();
    const stored = before.catch(() => undefined).then(() => this.#log.append(topic, event));
    this.#last.set(topic, stored);
    this.#publishing.add(stored);
    try {
      await stored;
    } finally {
      this.#publishing.delete(stored);
      if (this.#last.get(topic) === stored) this.#last.delete(topic);
    }
  }

  async subscribe(topic: string, callback: EventCallback, options: SubscribeOptions = {}): Promise<void> {
    const { group, startFrom } = options;
    if (group !== undefined) return this.#join(topic, group, callback, startFrom);
    if (startFrom === "earliest") return this.#follow(topic, callback, 0);
    const { next } = await this.#log.read(topic, Number.POSITIVE_INFINITY);
    return this.#follow(topic, callback, next.index, next);
  }

  async unsubscribe(topic: string, callback: EventCallback): Promise<void> {
    const followers = this.#followers.get(topic);
    followers?.get(callback)?.abort();
    followers?.delete(callback);
    if (followers?.size === 0) this.#followers.delete(topic);
    const groups = this.#groups.get(topic);
    for (const [name, group] of groups ?? [])
      if (group.remove(callback) && group.isEmpty) groups?.delete(name);
    if (groups?.size === 0) this.#groups.delete(topic);
  }

  async flush(): Promise<void> {
    await Promise.allSettled(this.#publishing);
  }

  /** Deletes a topic. Never rejects: it is called when a run is over, and nobody waits. */
  async clearTopic(topic: string): Promise<void> {
    await this.#log.clear(topic).catch((error: unknown) => this.#failed(error));
  }

  async getHistory(topic: string, offset = 0): Promise<PubSubEvent[]> {
    return (await this.#log.read(topic, offset)).events;
  }

  async subscribeWithReplay(topic: string, callback: EventCallback): Promise<void> {
    this.#follow(topic, callback, 0);
  }

  async subscribeFromOffset(topic: string, offset: number, callback: EventCallback): Promise<void> {
    this.#follow(topic, callback, offset);
  }

  async close(): Promise<void> {
    for (const followers of this.#followers.values()) for (const left of followers.values()) left.abort();
    this.#followers.clear();
    for (const groups of this.#groups.values()) for (const group of groups.values()) group.end();
    this.#groups.clear();
    await this.flush();
  }

  async acquireLease(key: string, owner: string, ttlMs: number) {
    const { isOurs, record } = await this.#leases.change(key, (held) =>
      [undefined, owner].includes(holderOf(held)) ? { owner, until: Date.now() + ttlMs } : undefined,
    );
    return { acquired: isOurs, ...(record === undefined ? {} : { owner: record.owner }) };
  }

  async getLeaseOwner(key: string): Promise<string | undefined> {
    return holderOf(await this.#leases.last(key));
  }

  async releaseLease(key: string, owner: string): Promise<void> {
    await this.#leases.change(key, (held) => (holderOf(held) === owner ? GIVEN_BACK : undefined));
  }

  renewLease(key: string, owner: string, ttlMs: number): Promise<boolean> {
    return this.transferLease(key, owner, owner, ttlMs);
  }

  async transferLease(key: string, fromOwner: string, toOwner: string, ttlMs: number): Promise<boolean> {
    const { isOurs } = await this.#leases.change(key, (held) =>
      holderOf(held) === fromOwner ? { owner: toOwner, until: Date.now() + ttlMs } : undefined,
    );
    return isOurs;
  }

  #follow(topic: string, callback: EventCallback, first: number, from = TOPIC_START): void {
    const left = new AbortController();
    const followers = this.#followers.get(topic) ?? new Map<EventCallback, AbortController>();
    followers.get(callback)?.abort();
    followers.set(callback, left);
    this.#followers.set(topic, followers);
    const take = (event: PubSubEvent) => {
      if ((event.index ?? 0) >= first) this.#tell(callback, event);
    };
    void this.#log.follow(topic, from, left.signal, take, (error) => this.#failed(error));
  }

  #join(
    topic: string,
    name: string,
    callback: EventCallback,
    startFrom: SubscribeOptions["startFrom"],
  ): void {
    const groups = this.#groups.get(topic) ?? new Map<string, Group>();
    this.#groups.set(topic, groups);
    let group = groups.get(name);
    if (group === undefined) {
      const { leaseMs = LEASE_MS } = this.#options;
      group = new Group({
        ...{
          topic,
          group: name,
          log: this.#log,
          leases: this.#leases,
          owner: this.#owner,
          leaseMs,
          startFrom,
        },
        onError: (error) => this.#failed(error),
      });
      groups.set(name, group);
    }
    group.add(callback);
  }

  /** Events that no other process hears of are not stored, and have no index. */
  #tellHere(topic: string, event: NewEvent): void {
    const told: PubSubEvent = { ...event, id: crypto.randomUUID(), createdAt: new Date() };
    for (const callback of this.#followers.get(topic)?.keys() ?? []) this.#tell(callback, told);
    for (const group of this.#groups.get(topic)?.values() ?? []) group.tellHere(told);
  }

  #tell(callback: EventCallback, event: PubSubEvent): void {
    const nothing = async () => undefined;
    Promise.resolve()
      .then(() => callback({ ...event, deliveryAttempt: 1 }, nothing, nothing))
      .catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    (this.#options.onError ?? console.error)(error);
  }
}

const GIVEN_BACK = { owner: "", until: 0 };
