/** What the parts of a server take of its configuration. */
import type { Config } from "./config.ts";
import type { Log } from "./journal/contract/index.ts";
import type { ShardDeps } from "./shard/shard-deps.ts";
import type { SubscriptionOptions } from "./subscription/open-subscriptions.ts";

const CLOCK_WAS_SET =
  "the clock of this machine was set, or the machine slept; after a jump forward, streams last used before it expire by the " +
  "time as it was, for a day: should the clock be wrong, set it right before then, and without a restart";

export function shardDeps(config: Config, log: Log): ShardDeps {
  const { now, monotonicNow, random, producersPerStream, jsonMessageBytes } = config;
  const { forkDepth, loadedStreams, idleStreamMs, stateOffsets } = config;
  const onClockJump = (jumpMs: number): void => config.logger.warn({ jumpMs }, CLOCK_WAS_SET);
  return {
    ...{
      log,
      now,
      monotonicNow,
      onClockJump,
      random,
      producersPerStream,
      jsonMessageBytes,
      forkDepth,
      loadedStreams,
      idleStreamMs,
    },
    stateOffsets,
  };
}

/** Streams of all subscriptions together: some 200 bytes each. */
const SUBSCRIBED_STREAMS = 1_000_000;

export function subscriptionOptions(config: Config): SubscriptionOptions {
  const { logger, webhooks, webhookHosts, webhookAttempts, webhooksPerHost } = config;
  const limits = {
    ...{ subscriptions: config.subscriptions, patterns: config.subscriptionPatterns },
    ...{ links: config.subscriptionStreams, allLinks: SUBSCRIBED_STREAMS },
  };
  return { logger, webhooks, webhookHosts, webhookAttempts, webhooksPerHost, limits };
}

/** The live clock ticks often enough for its shortest interval to be kept to a quarter. */
export function beatMs({ sseHeartbeatMs, stalledReaderMs, sseCycleMs }: Config): number {
  return Math.min(1000, Math.ceil(Math.min(sseHeartbeatMs, stalledReaderMs, sseCycleMs) / 4));
}
