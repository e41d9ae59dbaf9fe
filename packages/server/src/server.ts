/** The server: one shard behind two doors, from start to drained stop. */
import { wallOf } from "@perennial/protocol";
import { type Config, parseConfig, type ServerOptions } from "./config.ts";
import type { Context } from "./http/context.ts";
import type { ListeningDoor } from "./http/doors/door.ts";
import { FastDoor } from "./http/doors/fast/fast-door.ts";
import { webResponse } from "./http/doors/fetch/web-response.ts";
import { NodeDoor } from "./http/doors/node/node-door.ts";
import { problemReply } from "./http/errors.ts";
import type { BodyBudget } from "./http/limits/body-budget.ts";
import { commonHeaders } from "./http/message/common-headers.ts";
import { schemeOf } from "./http/message/origin.ts";
import type { LogMetrics, Recovery } from "./journal/contract/index.ts";
import { isOver, type LifecycleEvent, nextPhase, type Phase } from "./lifecycle.ts";
import { closeParts, openParts, type Parts } from "./open-server.ts";
import { checkReach } from "./reach.ts";
import { type ServiceAdmin, serviceAdmin } from "./services/service-admin.ts";
import type { UsageFigures } from "./services/usage.ts";
import { NO_SUBSCRIPTIONS, type SubscriptionMetrics } from "./subscription/open-subscriptions.ts";

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
  /** What each service uses, by its id. */
  readonly services: Readonly<Record<string, UsageFigures>>;
  readonly subscriptions: SubscriptionMetrics;
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

class Running implements DurableStreamsServer {
  readonly config: Config;
  readonly services: ServiceAdmin = serviceAdmin(async () => (await this.#open()).services);
  #phase: Phase = "new";
  #opening: Promise<Parts> | undefined;
  #starting: Promise<void> | undefined;
  #opened: Parts | undefined;
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
    if (this.#opened === undefined)
      return {
        ...{ liveReaders: 0, loadedStreams: 0, heldBodyBytes: 0, log: {}, services: {} },
        subscriptions: NO_SUBSCRIPTIONS,
      };
    const { context, budget, streams, services, subscriptions } = this.#opened;
    return {
      liveReaders: context.live.readers,
      heldBodyBytes: budget.held,
      ...streams.metrics(),
      services: services.usage(),
      subscriptions: subscriptions.metrics(),
    };
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
    if (opened !== undefined) await closeParts(opened, this.#door);
    this.#on("ended");
  }

  #on(event: LifecycleEvent): void {
    this.#phase = nextPhase(this.#phase, event);
  }

  #open(): Promise<Parts> {
    if (this.#opening !== undefined) return this.#opening;
    this.#on("open");
    this.#opening = openParts(this.config).then(
      (opened) => {
        this.#opened = opened;
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
}

function openDoor(context: Context, budget: BodyBudget): ListeningDoor {
  return context.config.http === "fast" ? new FastDoor(context, budget) : new NodeDoor(context, budget, true);
}
