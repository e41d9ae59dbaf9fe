/** Puts the parts together, over a shard that is open. */
import type { Shard } from "../shard/shard.ts";
import type { Streams } from "../shard/streams.ts";
import { Table, type TableSizes } from "../shard/table/table.ts";
import type { Logger } from "../telemetry/logger.ts";
import { Deliveries } from "./delivery.ts";
import { Keys } from "./keys.ts";
import { News } from "./news.ts";
import { Notices } from "./notice.ts";
import { Runner } from "./runner.ts";
import { shareOf } from "./shares.ts";
import { Store } from "./store.ts";
import { type SubscriptionLimits, Subscriptions } from "./subscriptions.ts";
import { parseOwnHosts } from "./webhooks/addresses.ts";
import { type Courier, HttpCourier } from "./webhooks/courier.ts";
import { Hosts } from "./webhooks/hosts.ts";
import { Workers } from "./workers.ts";

export interface SubscriptionOptions {
  readonly logger: Logger;
  /** Whether webhooks are delivered at all. */
  readonly webhooks: boolean;
  /** Hosts, with commas, that webhooks may reach besides the public internet. */
  readonly webhookHosts: string;
  /** Failed deliveries of one wake before it is a dead letter. */
  readonly webhookAttempts: number;
  /** Deliveries under way to one host. */
  readonly webhooksPerHost: number;
  readonly limits: SubscriptionLimits;
  /** How their rows lie on the disk. */
  readonly table?: TableSizes;
  /** Whoever brings webhooks. Default: HTTP. */
  readonly courier?: Courier;
  /** Whether wakes of a scope wait, until `resume`. Default: no. */
  isDisabled?(scope: string): boolean;
}

/** Current values, for operators. */
export interface SubscriptionMetrics {
  readonly subscriptions: number;
  /** Webhooks whose answers are waited for. */
  readonly underWay: number;
  /** Webhooks that wait for their turn. */
  readonly waiting: number;
  /** Deliveries of webhooks, since the start, that were answered with a 2xx. */
  readonly delivered: number;
  /** Deliveries of webhooks, since the start, that failed; each attempt counts. */
  readonly failed: number;
  /** Wakes that were given up, and are neither done since nor forgotten. */
  readonly deadLetters: number;
}

/** As before a server is open. */
export const NO_SUBSCRIPTIONS: SubscriptionMetrics = {
  ...{ subscriptions: 0, underWay: 0, waiting: 0, delivered: 0, failed: 0, deadLetters: 0 },
};

/** Subscriptions, and what goes on for them. */
export interface OpenSubscriptions {
  readonly subscriptions: Subscriptions;
  readonly workers: Workers;
  /** Does what is due, which it does by itself when the clock says so. */
  tick(): void;
  /** Looks again at what waits since its service is disabled. */
  resume(): void;
  /** Figures for operators, as of now. */
  metrics(): SubscriptionMetrics;
  /** Nothing is delivered any more. Resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** Deliveries under way, to all hosts together: each holds a socket. */
const DELIVERIES_MAX = 512;

export async function openSubscriptions(
  shard: Shard,
  streams: Streams,
  options: SubscriptionOptions,
): Promise<OpenSubscriptions> {
  const { logger, webhooks, webhooksPerHost, limits, table, isDisabled = () => false } = options;
  const store = new Store((onRestored) => new Table(shard, streams, "subscriptions", onRestored, table));
  await store.open();
  const keys = new Keys(store, shard.now);
  const own = parseOwnHosts(options.webhookHosts);
  const courier = options.courier ?? new HttpCourier(own, webhooksPerHost);
  const hosts = new Hosts({ perHost: webhooksPerHost, all: DELIVERIES_MAX, shareOf }, shard.now);
  const deliveries = new Deliveries(
    { shard, store, keys, hosts, courier, logger, isDisabled, attempts: options.webhookAttempts },
    (subscription) => runner.mark(subscription),
  );
  const runner = new Runner(shard, store, deliveries, (subscription) => news.catchUp(subscription));
  const news = new News(shard, store, runner, { each: limits.links, all: limits.allLinks });
  const notices = new Notices(store, news, shard.now);
  news.notices = notices;
  shard.publisher.watch = notices;
  let isStopped = false;
  const lookingUp = lookUpAll(store, news, runner, () => isStopped);
  const deps = { shard, store, keys, news, runner, own, webhooks, limits };
  return {
    subscriptions: new Subscriptions(deps),
    workers: new Workers(deps),
    tick: () => runner.tick(),
    resume: () => runner.resume(),
    metrics: () => metricsOf(store, hosts, deliveries),
    async stop() {
      isStopped = true;
      runner.stop();
      await lookingUp;
      await deliveries.stop();
      await store.close();
    },
  };
}

function metricsOf(store: Store, { active, waiting }: Hosts, { counts }: Deliveries): SubscriptionMetrics {
  return {
    ...{ subscriptions: store.byNumber.size, deadLetters: store.deadLetters },
    ...{ underWay: active, waiting, ...counts },
  };
}

/** What became pending before the restart, and what was under way, goes on. */
async function lookUpAll(store: Store, news: News, runner: Runner, isStopped: () => boolean): Promise<void> {
  for (const subscription of [...store.byNumber.values()]) {
    if (isStopped()) return;
    await news.refresh(subscription);
    runner.mark(subscription);
  }
}
