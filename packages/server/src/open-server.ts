/** What a server is made of once its log is open, put together and taken down in order. */
import { randomUUID } from "node:crypto";
import { reject, wallOf, withoutHosts } from "@perennial/protocol";
import { type Config, ConfigError } from "./config.ts";
import type { KnownServices } from "./http/access/scope.ts";
import { Assets } from "./http/assets.ts";
import type { Context } from "./http/context.ts";
import type { ListeningDoor } from "./http/doors/door.ts";
import { FetchDoor } from "./http/doors/fetch/fetch-door.ts";
import { BodyBudget } from "./http/limits/body-budget.ts";
import { HeldBack } from "./http/limits/held-back.ts";
import { parseStreamRoots } from "./http/stream-roots.ts";
import type { Log, Recovery } from "./journal/contract/index.ts";
import { MemoryLog } from "./journal/memory/memory-log.ts";
import { LiveHub } from "./live/hub.ts";
import { beatMs, shardDeps, subscriptionOptions } from "./parts.ts";
import { Registry } from "./registry/registry.ts";
import { type IssuedTokens, issuedTokens } from "./services/issued-tokens.ts";
import { Services } from "./services/services.ts";
import { LocalStreams } from "./shard/local-streams.ts";
import { Shard } from "./shard/shard.ts";
import { Sweeper } from "./shard/sweeper.ts";
import { type OpenSubscriptions, openSubscriptions } from "./subscription/open-subscriptions.ts";

/** What exists once the log is open. */
export interface Parts {
  readonly context: Context;
  readonly recovery: Recovery;
  readonly budget: BodyBudget;
  readonly fetchDoor: FetchDoor;
  /** The one by which mounts reach all streams. */
  readonly mountDoor: FetchDoor;
  readonly sweeper: Sweeper;
  readonly registry: Registry | undefined;
  readonly services: Services;
  readonly subscriptions: OpenSubscriptions;
  readonly log: Log;
  /** The streams of this process. */
  readonly streams: LocalStreams;
}

/** For what is part of the server, and has let its own clients in. */
const OPEN: KnownServices = {
  isGuarded: false,
  holderOf: () => reject("unknown"),
  askedHolder: () => undefined,
  noteRefused: () => undefined,
  isDisabled: () => false,
};

/** Opens the log, and all that works on it. */
export async function openParts(config: Config): Promise<Parts> {
  const issued = await trustedTokens(config);
  const log = (await config.log?.()) ?? new MemoryLog(randomUUID());
  const shard = new Shard(shardDeps(config, log));
  const recovery = await shard.open();
  if (recovery.tornTail) config.logger.warn(recovery, TORN_TAIL);
  const live = new LiveHub(config, config.liveReaders, config.logger, config.liveBudgetBytes);
  live.start(beatMs(config));
  const sweeper = new Sweeper(shard);
  sweeper.start(config.sweepMs);
  const streams = new LocalStreams(shard);
  const { subscriptions, services } = await openGuarded(config, shard, streams, issued);
  const registry = config.registry ? new Registry(streams, config.logger) : undefined;
  registry?.start();
  const budget = new BodyBudget(config.bodyBytes, config.bodyBudgetBytes, (byteLength) =>
    streams.roomFor(byteLength),
  );
  const context = contextOf(config, { streams, services, live, subscriptions });
  const inside = { ...context, wall: withoutHosts(context.wall) };
  const fetchDoor = new FetchDoor(inside, budget);
  const mountDoor = new FetchDoor({ ...inside, services: OPEN, isInside: true }, budget);
  for (const mount of config.mounts) mount.attach?.(mountDoor);
  return {
    ...{ context, recovery, budget, fetchDoor, mountDoor, sweeper, registry, services },
    ...{ subscriptions, log, streams },
  };
}

/** Subscriptions, and the services that they belong to: each has to know of the other. */
async function openGuarded(
  config: Config,
  shard: Shard,
  streams: LocalStreams,
  issued: IssuedTokens | undefined,
): Promise<{ readonly subscriptions: OpenSubscriptions; readonly services: Services }> {
  let known: Services | undefined;
  const subscriptions = await openSubscriptions(shard, streams, {
    ...subscriptionOptions(config),
    // Until it is known who is disabled, everybody may be.
    isDisabled: (scope) => known?.isDisabled(scope) ?? true,
  });
  const services = new Services(streams, config.logger, config, {
    onEnd: (prefix) => subscriptions.subscriptions.deleteAll(prefix),
    onChange: () => subscriptions.resume(),
  });
  services.trust(issued, config.authorize);
  await services.open();
  known = services;
  subscriptions.resume();
  return { subscriptions, services };
}

async function trustedTokens({ issuers, logger, monotonicNow }: Config): Promise<IssuedTokens | undefined> {
  if (issuers.length === 0) return undefined;
  const issued = await issuedTokens(issuers, logger, monotonicNow);
  if (issued.kind === "rejected") throw new ConfigError(issued.rejection);
  return issued.value;
}

function contextOf(
  config: Config,
  parts: Pick<Context, "streams" | "services" | "live" | "subscriptions">,
): Context {
  const wall = wallOf(config);
  return {
    ...{ config, wall, guardedWall: withoutHosts(wall), ...parts },
    heldBack: new HeldBack(config.refusedPerSecond, () => config.monotonicNow()),
    isInside: false,
    assets: new Assets(config.explorer),
    roots: parseStreamRoots(config.streamRoot) ?? [],
  };
}

/** Finishes what is under way, and closes the log. */
export async function closeParts(parts: Parts, door: ListeningDoor | undefined): Promise<void> {
  const { context, sweeper, registry, services, subscriptions, fetchDoor, mountDoor, log } = parts;
  sweeper.stop();
  context.live.stop();
  await Promise.all([door?.close(), fetchDoor.close()]);
  await mountDoor.close();
  await Promise.all([registry?.stop(), services.stop(), subscriptions.stop()]);
  await log.close();
}

/** What is known to have been acknowledged is there, or the log would not have opened. */
const TORN_TAIL =
  "the log ended in a record that is not whole, as a crash leaves it, and was cut off there; should that have been a " +
  "fault of the disk instead, then what was acknowledged within the last tenth of a second before the crash is gone";
