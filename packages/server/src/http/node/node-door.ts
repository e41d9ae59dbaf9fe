/** The door on node:http: it takes whatever HTTP/1.1 there is, and judges what is odd or malformed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Config } from "../../config.ts";
import type { BodyBudget } from "../body-budget.ts";
import { commonHeaders } from "../common-headers.ts";
import type { Context } from "../context.ts";
import type { ListeningDoor } from "../door.ts";
import { problemReply } from "../errors.ts";
import type { RequestProblem } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { route } from "../router.ts";
import { NodeRequest } from "./node-request.ts";
import { type WriteSettings, writeReply } from "./write-reply.ts";

/** The longest silence on a socket that is part of the protocol, and then some, in milliseconds. */
export function silenceMs({ longPollTimeoutMs, sseHeartbeatMs, stalledReaderMs }: Config): number {
  return Math.max(longPollTimeoutMs, sseHeartbeatMs) + stalledReaderMs;
}

export class NodeDoor implements ListeningDoor {
  readonly #context: Context;
  readonly #config: Config;
  readonly #server: Server;
  readonly #budget: BodyBudget;
  readonly #settings: WriteSettings;
  #stopping = false;

  constructor(context: Context, budget: BodyBudget) {
    this.#context = context;
    const { config } = context;
    this.#config = config;
    this.#budget = budget;
    this.#settings = { commonHeaders: commonHeaders(config), stalledReaderMs: config.stalledReaderMs };
    this.#server = createServer(
      {
        maxHeaderSize: config.headerBytes,
        headersTimeout: config.headerTimeoutMs,
        requestTimeout: config.headerTimeoutMs + config.bodyTimeoutMs,
        connectionsCheckingInterval: Math.min(1000, config.headerTimeoutMs, config.bodyTimeoutMs),
        keepAliveTimeout: config.keepAliveMs,
        noDelay: true,
      },
      (message, response) => this.#serve(message, response),
    );
    this.#server.timeout = silenceMs(config);
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#refuse(error.code, socket),
    );
  }

  /**
   * Takes over a connection that another door accepted, with the bytes that it has read. The other door must call
   * `watchAdopted` first.
   */
  adopt(socket: Socket, bytes: Buffer): void {
    this.#server.emit("connection", socket);
    socket.unshift(bytes);
  }

  /** Enforces the timeouts of adopted connections, as `listen` does for its own. */
  watchAdopted(): void {
    this.#server.emit("listening");
  }

  listen(): Promise<AddressInfo> {
    const { host, port } = this.#config;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  close(): Promise<void> {
    this.#stopping = true;
    return new Promise((resolve) => {
      const cut = setTimeout(() => this.closeAll(), this.#config.drainMs);
      this.#server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  /** Cuts all connections, adopted ones too. */
  closeAll(): void {
    this.#server.closeAllConnections();
  }

  #serve(message: IncomingMessage, response: ServerResponse): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    const request = new NodeRequest(message, this.#config, this.#budget);
    if (this.#config.accessLog) this.#logWhenDone(request, response);
    try {
      const reply = route(this.#context, request);
      if (reply instanceof Promise) this.#answerLater(request, response, reply);
      else this.#answer(request, response, reply);
    } catch (error) {
      this.#fail(request, response, error);
    }
  }

  #answerLater(request: NodeRequest, response: ServerResponse, later: Promise<Reply>): void {
    later.then(
      (reply) => this.#answer(request, response, reply),
      (error) => this.#fail(request, response, error),
    );
  }

  #answer(request: NodeRequest, response: ServerResponse, reply: Reply): void {
    request.release();
    if (this.#stopping) response.shouldKeepAlive = false;
    if (!response.destroyed) writeReply(response, reply, this.#settings);
  }

  /** A bug of ours: the client learns no more than that. */
  #fail(request: NodeRequest, response: ServerResponse, error: unknown): void {
    request.release();
    this.#config.logger.error(
      { err: error, method: request.method, target: request.target },
      "request failed",
    );
    if (response.headersSent) response.destroy();
    else writeReply(response, problemReply({ kind: "internal-error" }), this.#settings);
  }

  /** A request that node:http could not parse, or not in time. */
  #refuse(code: string | undefined, socket: Socket): void {
    if (!socket.writable) return void socket.destroy();
    const { status, headers, body } = problemReply(this.#parserProblem(code));
    const lines = [`HTTP/1.1 ${status} ${status === 408 ? "Request Timeout" : "Bad Request"}`];
    const all = [...this.#settings.commonHeaders, ...headers, "Connection", "close"];
    for (let index = 0; index < all.length; index += 2) lines.push(`${all[index]}: ${all[index + 1]}`);
    const text = Buffer.from((body as Uint8Array) ?? []);
    socket.end(
      Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\nContent-Length: ${text.length}\r\n\r\n`), text]),
    );
    socket.destroySoon();
  }

  #parserProblem(code: string | undefined): RequestProblem {
    switch (code) {
      case "HPE_HEADER_OVERFLOW":
        return { kind: "headers-too-large", limit: this.#config.headerBytes };
      case "ERR_HTTP_REQUEST_TIMEOUT":
        return { kind: "request-timeout" };
      default:
        return { kind: "malformed-request" };
    }
  }

  #logWhenDone(request: NodeRequest, response: ServerResponse): void {
    const startedAt = performance.now();
    response.once("close", () => {
      const { method, target } = request;
      const elapsedMs = Math.round((performance.now() - startedAt) * 100) / 100;
      this.#config.logger.info({ method, target, status: response.statusCode, elapsedMs }, "request");
    });
  }
}
