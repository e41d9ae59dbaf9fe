/**
 * The fast lane: owns the port, answers requests of one strict shape straight off the socket, and hands any other
 * connection over to node:http, which keeps it to its end.
 */
import type { AddressInfo, Server, Socket } from "node:net";
import type { Config } from "../../../config.ts";
import { ReadyReaders } from "../../../live/ready-readers.ts";
import type { Context } from "../../context.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import type { HeldConnection } from "../../limits/idle-search.ts";
import { commonHeaders } from "../../message/common-headers.ts";
import { ReplyHeads } from "../../message/reply-head.ts";
import { ChunkFramer } from "../chunked-frames.ts";
import type { ListeningDoor } from "../door.ts";
import { listen } from "../listen.ts";
import { createListener } from "../listener.ts";
import { NodeDoor, silenceMs } from "../node/node-door.ts";
import { stopGrace } from "../stop-grace.ts";
import { FastConnection, type FastLane } from "./fast-connection.ts";

export class FastDoor implements ListeningDoor, FastLane {
  readonly context: Context;
  readonly budget: BodyBudget;
  readonly silenceMs: number;
  readonly heads: ReplyHeads;
  readonly framer = new ChunkFramer();
  readonly turns = new ReadyReaders();
  readonly #config: Config;
  readonly #server: Server;
  readonly #nodeDoor: NodeDoor;
  readonly #connections = new Set<FastConnection>();
  #idleTimer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(context: Context, budget: BodyBudget) {
    this.context = context;
    const { config } = context;
    this.#config = config;
    this.budget = budget;
    this.silenceMs = silenceMs(config);
    this.heads = new ReplyHeads(commonHeaders(context.wall), config.keepAliveMs);
    this.#nodeDoor = new NodeDoor(context, budget, false);
    this.#server = createListener(config, (socket) => {
      this.#connections.add(new FastConnection(socket, this));
    });
  }

  listen(): Promise<AddressInfo> {
    const { keepAliveMs, monotonicNow } = this.#config;
    this.#idleTimer = setInterval(
      () => {
        for (const connection of this.#connections) connection.closeIfIdleSince(monotonicNow() - keepAliveMs);
      },
      Math.min(1000, Math.ceil(keepAliveMs / 2)),
    );
    this.#idleTimer.unref();
    this.#nodeDoor.watchAdopted();
    return listen(this.#server, this.#config, () => this.#held());
  }

  *#held(): Generator<HeldConnection> {
    yield* this.#connections;
    yield* this.#nodeDoor.held();
  }

  handOver(socket: Socket, bytes: Buffer, hasServed: boolean): void {
    this.#nodeDoor.adopt(socket, bytes, hasServed);
  }

  forget(connection: FastConnection): void {
    this.#connections.delete(connection);
  }

  isStopping(): boolean {
    return this.#stopping;
  }

  async close(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#idleTimer);
    const cut = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
      this.#nodeDoor.closeAll();
    }, this.#config.drainMs);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const adopted = this.#nodeDoor.close(closed);
    await stopGrace(this.#config, closed);
    for (const connection of this.#connections) connection.closeIfIdleSince(Number.POSITIVE_INFINITY);
    await adopted;
    await closed;
    clearTimeout(cut);
  }
}
