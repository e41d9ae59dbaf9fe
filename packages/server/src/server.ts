/** The server: one shard behind two doors, from start to drained stop. */
import { randomUUID } from "node:crypto";
import { type Config, ConfigError, parseConfig, type ServerOptions } from "./config.ts";
import { hostName, isLocalName } from "./http/access/names.ts";
import { wallOf, withoutHosts } from "./http/access/wall.ts";
import { Assets } from "./http/assets.ts";
import type { Context } from "./http/context.ts";
import type { ListeningDoor } from "./http/doors/door.ts";
import { FastDoor } from "./http/doors/fast/fast-door.ts";
import { FetchDoor } from "./http/doors/fetch/fetch-door.ts";
import { webResponse } from "./http/doors/fetch/web-response.ts";
import { NodeDoor } from "./http/doors/node/node-door.ts";
import { problemReply } from "./http/errors.ts";
import { BodyBudget } from "./http/limits/body-budget.ts";
import { commonHeaders } from "./http/message/common-headers.ts";
import { schemeOf } from "./http/message/origin.ts";
import { parseStreamRoots } from "./http/stream-roots.ts";
import type { Log, LogMetrics, Recovery } from "./journal/contract/index.ts";
import { MemoryLog } from "./journal/memory/memory-log.ts";
import { isOver, type LifecycleEvent, nextPhase, type Phase } from "./lifecycle.ts";
import { LiveHub } from "./live/hub.ts";
import { beatMs, shardDeps, subscriptionOptions } from "./parts.ts";
import { Registry } from "./registry/registry.ts";
import { type ServiceAdmin, serviceAdmin } from "./services/service-admin.ts";
import { Services } from "./services/services.ts";
import { LocalStreams } from "./shard/local-streams.ts";
import { Shard } from "./shard/shard.ts";
import { Sweeper } from "./shard/sweeper.ts";
import { type OpenSubscriptions, openSubscriptions } from "./subscription/open-subscriptions.ts";

export interface DurableStreamsServer {
  /**
   * Opens the log and listens. Rejects when either fails; the message says why, and it may be tried again. Once the server
   * listens, or is about to, it changes nothing. Rejects after `stop`.
   */
  start(): Promise<void>;
  /**
   * Drains and stops for good: no new connections, live reads end with a last control event, requests under way finish
   * (those that take longer than `drainMs` are cut), and so do those that still come on open connections for
   * `stopGraceMs`; then the log is closed. May be called more than once, and at any time. Takes `drainMs` and `stopGraceMs` at most, and
   * the time that the log needs to write what it has. Rejects when the log cannot be closed.
   */
  stop(): Promise<void>;
  /**
   * Answers one request without a socket. Opens the log first if need be; `start` is not required. Rejects when the
   * log cannot be opened. Answers 503 after `stop`.
   */
  fetch(request: Request): Promise<Response>;
  /** Where the server listens, such as `http://127.0.0.1:4437`. Throws before `start`. */
  readonly url: string;
  /** What the log held when it was opened; undefined before. */
  readonly recovery: Recovery | undefined;
  readonly config: Config;
  /** What an operator does with services (SECURITY.md). Opens the log first if need be. */
  readonly services: ServiceAdmin;
  /** Figures for operators, as of now. All zero before the log is open. */
  metrics(): ServerMetrics;
}

/** Current values, for operators. */
export interface ServerMetrics {
  /** Long-polls that wait and SSE connections. */
  readonly liveReaders: number;
  /** Streams held in memory. */
  readonly loadedStreams: number;
  /** Bytes of request bodies that are being received or answered. */
  readonly heldBodyBytes: number;
  /** The log's own figures. */
  readonly log: LogMetrics;
}

/**
 * A durable streams server.
 *
 * @example
 * const server = createServer({ port: 4437 });
 * await server.start();
 *
 * @throws ConfigError for an option outside its range
 */
export function createServer(options: ServerOptions = {}): DurableStreamsServer {
  return new Running(parseConfig(options));
}

const STOPPED = "the server was stopped, which is for good: create another one";

/** What exists once the log is open. */
interface Opened {
  readonly context: Context;
  readonly recovery: Recovery;
  readonly budget: BodyBudget;
  readonly fetchDoor: FetchDoor;
  readonly sweeper: Sweeper;
  readonly registry: Registry | undefined;
  readonly services: Services;
  readonly subscriptions: OpenSubscriptions;
  readonly log: Log;
  /** The streams of this process. */
  readonly streams: LocalStreams;
}

class Running implements DurableStreamsServer {
  readonly config: Config;
  readonly services: ServiceAdmin = serviceAdmin(async () => (await this.#open()).services);
  #phase: Phase = "new";
  #opening: Promise<Opened> | undefined;
  #starting: Promise<void> | undefined;
  #opened: Opened | undefined;
  #door: ListeningDoor | undefined;
  #url: string | undefined;
  #stopping: Promise<void> | undefined;

  constructor(config: Config) {
    this.config = config;
  }

  get url(): string {
    if (this.#url === undefined) throw new Error("the server has not been started");
    return this.#url;
  }

  get recovery(): Recovery | undefined {
    return this.#opened?.recovery;
  }

  metrics(): ServerMetrics {
    if (this.#opened === undefined) return { liveReaders: 0, loadedStreams: 0, heldBodyBytes: 0, log: {} };
    const { context, budget, streams } = this.#opened;
    return { liveReaders: context.live.readers, heldBodyBytes: budget.held, ...streams.metrics() };
  }

  start(): Promise<void> {
    if (isOver(this.#phase)) return Promise.reject(new Error(STOPPED));
    this.#starting ??= this.#start().catch((error) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { context, budget, services } = await this.#open();
    if (isOver(this.#phase)) throw new Error(STOPPED);
    checkReach(this.config, services.isGuarded);
    this.#on("start");
    const door = openDoor(context, budget);
    try {
      const { address, family, port } = await door.listen();
      this.#url = `${schemeOf(this.config)}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
      this.#door = door;
      this.#on("started");
    } catch (error) {
      await door.close();
      this.#on("failed");
      throw error;
    }
  }

  async fetch(request: Request): Promise<Response> {
    const opened = isOver(this.#phase) ? this.#opened : await this.#open();
    if (opened !== undefined) return opened.fetchDoor.fetch(request);
    return webResponse(
      problemReply({ kind: "stopping" }),
      commonHeaders(wallOf(this.config)),
      request.method,
    );
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#on("stop");
    // If it could not be opened, or could not listen, whoever asked for it knows.
    await this.#starting?.catch(() => undefined);
    const opened = await this.#opening?.catch(() => undefined);
    if (opened !== undefined) await this.#close(opened);
    this.#on("ended");
  }

  async #close({
    context,
    sweeper,
    registry,
    services,
    subscriptions,
    fetchDoor,
    log,
  }: Opened): Promise<void> {
    sweeper.stop();
    context.live.stop();
    await Promise.all([this.#door?.close(), fetchDoor.close()]);
    await Promise.all([registry?.stop(), services.stop(), subscriptions.stop()]);
    await log.close();
  }

  #on(event: LifecycleEvent): void {
    this.#phase = nextPhase(this.#phase, event);
  }

  #open(): Promise<Opened> {
    if (this.#opening !== undefined) return this.#opening;
    this.#on("open");
    this.#opening = this.#openLog().then(
      (opened) => {
        this.#on("opened");
        return opened;
      },
      (error) => {
        this.#opening = undefined;
        this.#on("failed");
        throw error;
      },
    );
    return this.#opening;
  }

  async #openLog(): Promise<Opened> {
    const { config } = this;
    const log = (await config.log?.()) ?? new MemoryLog(randomUUID());
    const shard = new Shard(shardDeps(config, log));
    const recovery = await shard.open();
    if (recovery.tornTail) config.logger.warn(recovery, TORN_TAIL);
    const live = new LiveHub(config, config.liveReaders, config.logger, config.liveBudgetBytes);
    live.start(beatMs(config));
    const sweeper = new Sweeper(shard);
    sweeper.start(config.sweepMs);
    const streams = new LocalStreams(shard);
    const subscriptions = await openSubscriptions(shard, streams, subscriptionOptions(config));
    const services = new Services(streams, config.logger, config, (prefix) =>
      subscriptions.subscriptions.deleteAll(prefix),
    );
    await services.open();
    const wall = wallOf(config);
    const context: Context = {
      config,
      wall,
      guardedWall: withoutHosts(wall),
      services,
      streams,
      live,
      subscriptions,
      assets: new Assets(config.explorer),
      roots: parseStreamRoots(config.streamRoot) ?? [],
    };
    const registry = config.registry ? new Registry(streams, config.logger) : undefined;
    registry?.start();
    const budget = new BodyBudget(config.bodyBytes, config.bodyBudgetBytes, (byteLength) =>
      streams.roomFor(byteLength),
    );
    const fetchDoor = new FetchDoor({ ...context, wall: withoutHosts(wall) }, budget);
    this.#opened = {
      ...{ context, recovery, budget, fetchDoor, sweeper, registry, services, subscriptions, log, streams },
    };
    return this.#opened;
  }
}

/** Throws if the server would listen for others although it asks nobody for credentials, or not ask for those that it has. */
function checkReach({ auth, host }: Config, isGuarded: boolean): void {
  if (!auth && isGuarded)
    throw new ConfigError(
      "auth: false cannot be: this server has services, whose streams need their secrets",
    );
  if (auth && !isGuarded && !isLocalName(hostName(host)))
    throw new ConfigError(
      `host ${host} lets other machines read, write and delete all streams, since nobody needs credentials here: ` +
        "create a service, or say with auth: false that this is meant",
    );
}

function openDoor(context: Context, budget: BodyBudget): ListeningDoor {
  return context.config.http === "fast" ? new FastDoor(context, budget) : new NodeDoor(context, budget, true);
}

/** What is known to have been acknowledged is there, or the log would not have opened. */
const TORN_TAIL =
  "the log ended in a record that is not whole, as a crash leaves it, and was cut off there; should that have been a " +
  "fault of the disk instead, then what was acknowledged within the last tenth of a second before the crash is gone";
