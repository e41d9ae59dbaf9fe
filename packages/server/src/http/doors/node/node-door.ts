/** The door on node:http: it takes whatever HTTP/1.1 there is, and judges what is odd or malformed. */
import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import type { Config } from "../../../config.ts";
import { ReadyReaders } from "../../../live/ready-readers.ts";
import { logAccess } from "../../access-log.ts";
import { answer } from "../../answer.ts";
import type { Context } from "../../context.ts";
import { problemReply } from "../../errors.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import type { HeldConnection } from "../../limits/idle-search.ts";
import { commonHeaders } from "../../message/common-headers.ts";
import { hostProblem } from "../../message/host.ts";
import { CLIENT_LEFT, type Reply } from "../../message/reply.ts";
import { ReplyHeads } from "../../message/reply-head.ts";
import { STREAM_METHODS } from "../../operations/preflight.ts";
import type { RequestProblem } from "../../problems.ts";
import { logBodyEnd } from "../body-end.ts";
import { ChunkFramer } from "../chunked-frames.ts";
import type { ListeningDoor } from "../door.ts";
import { listen } from "../listen.ts";
import { tlsOptions } from "../listener.ts";
import { stopGrace } from "../stop-grace.ts";
import type { BodyEnd } from "../wire.ts";
import { afterResponse, isFlooded, latestOn, noteLatest, responseBefore } from "./latest-response.ts";
import { NodeConnection } from "./node-connection.ts";
import { NodeRequest } from "./node-request.ts";
import { type WriteSettings, writeReply } from "./write-reply.ts";

/** The longest silence on a socket that is part of the protocol, and then some, in milliseconds. */
export function silenceMs({ longPollTimeoutMs, sseHeartbeatMs, stalledReaderMs }: Config): number {
  return Math.max(longPollTimeoutMs, sseHeartbeatMs) + stalledReaderMs;
}

/** What node:http tells of a request that it cannot parse. */
interface ParserError extends NodeJS.ErrnoException {
  /** The packet it stumbled over. */
  readonly rawPacket?: Buffer;
}

const REQUEST_LINE = /^([A-Z-]{1,32}) \/\S* HTTP\/1\.[01]\r\n/;

/** How long a refused client may take to read its answer and close, milliseconds. */
const LINGER_MS = 1000;

export class NodeDoor implements ListeningDoor {
  readonly #context: Context;
  readonly #config: Config;
  readonly #server: Server | TlsServer;
  readonly #budget: BodyBudget;
  readonly #settings: WriteSettings;
  readonly #heads: ReplyHeads;
  readonly #connections = new Map<Socket, NodeConnection>();
  /** Connections that had their last answer. */
  readonly #refused = new WeakSet<Socket>();
  /** Adopted connections on which the other door has answered requests. */
  readonly #served = new WeakSet<Socket>();
  #stopping = false;

  /** @param ownsPort whether it is to listen itself; otherwise it takes over connections, which are decrypted already */
  constructor(context: Context, budget: BodyBudget, ownsPort: boolean) {
    this.#context = context;
    const { config } = context;
    this.#config = config;
    this.#budget = budget;
    const { stalledReaderMs } = config;
    const turns = new ReadyReaders();
    this.#settings = {
      commonHeaders: commonHeaders(context.wall),
      stalledReaderMs,
      framer: new ChunkFramer(),
      turns,
    };
    this.#heads = new ReplyHeads(this.#settings.commonHeaders, config.keepAliveMs);
    const isSecure = ownsPort && config.tls !== undefined;
    const serve = (message: IncomingMessage, response: ServerResponse): void =>
      this.#serve(message, response);
    this.#server = isSecure
      ? createTlsServer({ ...serverOptions(config), ...tlsOptions(config) }, serve)
      : createServer(serverOptions(config), serve);
    this.#server.timeout = silenceMs(config);
    this.#server.on(isSecure ? "secureConnection" : "connection", (socket: Socket) => {
      this.#connections.set(socket, new NodeConnection(socket, config.monotonicNow));
      socket.once("close", () => this.#connections.delete(socket));
    });
    this.#answerWhatIsOdd();
  }

  #answerWhatIsOdd(): void {
    this.#server.on("clientError", (error: ParserError, socket: Socket) =>
      this.#refuse(this.#parserProblem(error, this.#isFirst(socket)), socket),
    );
    // Left to itself, node:http would write its 100 at once, even into the middle of the answer before.
    this.#server.on("checkContinue", (message: IncomingMessage, response: ServerResponse) => {
      const previous = latestOn(message.socket);
      this.#serve(message, response, () => continueAfter(previous, response));
    });
    this.#server.on("checkExpectation", (message: IncomingMessage, response: ServerResponse) => {
      noteLatest(message.socket, response);
      writeReply(response, problemReply({ kind: "expectation-failed" }), this.#settings, () => undefined);
    });
    this.#server.on("connect", (_message: IncomingMessage, socket: Socket) =>
      this.#refuse({ kind: "method-not-allowed", allow: STREAM_METHODS }, socket),
    );
  }

  /**
   * Takes over a connection that another door accepted, with the bytes that it has read. The other door must call
   * `watchAdopted` first.
   *
   * @param hasServed whether the other door has answered requests on it
   */
  adopt(socket: Socket, bytes: Buffer, hasServed: boolean): void {
    if (hasServed) this.#served.add(socket);
    this.#server.emit("connection", socket);
    socket.unshift(bytes);
    socket.resume();
  }

  /** Enforces the timeouts of adopted connections, as `listen` does for its own. */
  watchAdopted(): void {
    this.#server.emit("listening");
  }

  listen(): Promise<AddressInfo> {
    return listen(this.#server, this.#config, () => this.held());
  }

  /** All connections, in the order in which they came. */
  held(): Iterable<HeldConnection> {
    return this.#connections.values();
  }

  /** @param othersClosed resolves when the connections of the door that owns the port are closed, if another one does */
  async close(othersClosed?: Promise<void>): Promise<void> {
    this.#stopping = true;
    const cut = setTimeout(() => this.closeAll(), this.#config.drainMs);
    await stopGrace(this.#config, othersClosed ?? this.#stopListening());
    await this.#endedAreOut();
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(cut);
  }

  /** Without what node:http adds, which cuts idle connections. Resolves when all connections are closed. */
  #stopListening(): Promise<void> {
    return new Promise((resolve) => NetServer.prototype.close.call(this.#server, () => resolve()));
  }

  /** node:http takes a connection for idle whose answer has ended but is not out yet, and would cut it. */
  async #endedAreOut(): Promise<void> {
    for (const socket of this.#connections.keys()) {
      const latest = latestOn(socket);
      if (latest?.writableEnded) await new Promise<void>((resolve) => afterResponse(latest, resolve));
    }
  }

  /** Cuts all connections, adopted ones too. */
  closeAll(): void {
    this.#server.closeAllConnections();
  }

  /** @param beforeBody called when an operation asks for the body, which is received once it resolves */
  #serve(message: IncomingMessage, response: ServerResponse, beforeBody?: () => Promise<void>): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    if (isFlooded(message.socket)) {
      message.socket.destroy();
      return;
    }
    noteLatest(message.socket, response);
    this.#connections.get(message.socket)?.begins(response);
    const request = new NodeRequest(message, this.#config, this.#budget, beforeBody);
    let broken: BodyEnd | undefined;
    if (this.#config.accessLog) this.#logWhenDone(request, response, () => broken);
    const onEnd = (end: BodyEnd, cause?: unknown): void => {
      if (end !== "complete") broken = end;
      logBodyEnd(this.#config, request, end, cause);
    };
    const send = (reply: Reply): void => {
      request.release();
      if (this.#stopping) response.shouldKeepAlive = false;
      if (!response.destroyed) writeReply(response, reply, this.#settings, onEnd);
    };
    const problem = hostProblem(request, message.httpVersion === "1.1") ?? request.transferProblem();
    if (problem === undefined) answer(this.#context, request, { send, abort: () => response.destroy() });
    else send(problemReply(problem));
  }

  /**
   * Answers what is no request to us: what node:http could not parse, or not in time, or CONNECT. A request before it
   * that is being answered goes first.
   */
  #refuse(problem: RequestProblem, socket: Socket): void {
    const latest = latestOn(socket);
    // A request whose body is still arriving is itself what is refused: nothing else would ever answer it.
    if (latest?.req.complete === false) this.#refuseArriving(problem, latest, socket);
    else afterResponse(latest, () => this.#refuseNext(problem, socket));
  }

  #refuseArriving(problem: RequestProblem, latest: ServerResponse, socket: Socket): void {
    // Answered without its body, that answer is the last one; it may still wait behind others.
    if (latest.writableEnded) afterResponse(latest, () => socket.destroySoon());
    else if (!socket.writable || latest.headersSent) socket.destroySoon();
    else afterResponse(responseBefore(latest), () => this.#writeRefusal(problem, socket));
  }

  #refuseNext(problem: RequestProblem, socket: Socket): void {
    // Nobody is there, or the client knows already that the connection ends.
    if (!socket.writable || latestOn(socket)?.shouldKeepAlive === false) socket.destroySoon();
    else this.#writeRefusal(problem, socket);
  }

  #writeRefusal(problem: RequestProblem, socket: Socket): void {
    if (this.#refused.has(socket)) return;
    this.#refused.add(socket);
    const { status, headers, body } = problemReply(problem);
    const text = body as Uint8Array;
    const framing = `Content-Length: ${text.length}\r\n`;
    const head = this.#heads.head(status, headers, framing, false, this.#config.now());
    socket.end(Buffer.concat([Buffer.from(`${head}\r\n`), text]));
    // What the client still sends is read and dropped: a connection that is closed over unread bytes is reset, and
    // the client may never see the answer.
    socket.resume();
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => clearTimeout(linger));
  }

  /** Whether the connection has had no request yet. */
  #isFirst(socket: Socket): boolean {
    return latestOn(socket) === undefined && !this.#served.has(socket);
  }

  /**
   * An unknown method is told from noise at the beginning of a connection only: later on, nobody knows where the
   * request began.
   */
  #parserProblem({ code, rawPacket }: ParserError, isFirst: boolean): RequestProblem {
    switch (code) {
      case "HPE_HEADER_OVERFLOW":
        return { kind: "headers-too-large", limit: this.#config.headerBytes };
      case "ERR_HTTP_REQUEST_TIMEOUT":
        return { kind: "request-timeout" };
      case "HPE_INVALID_METHOD":
        return isFirst && beginsWithUnknownMethod(rawPacket)
          ? { kind: "method-not-allowed", allow: STREAM_METHODS }
          : { kind: "malformed-request" };
      default:
        return { kind: "malformed-request" };
    }
  }

  /** @param broken how the body broke off, if that was not the client's doing */
  #logWhenDone(
    { method, target }: NodeRequest,
    response: ServerResponse,
    broken: () => BodyEnd | undefined,
  ): void {
    const startedAt = performance.now();
    response.once("close", () => {
      const status = response.headersSent ? response.statusCode : CLIENT_LEFT.status;
      const end = response.writableFinished ? "complete" : (broken() ?? "client-left");
      logAccess(this.#config, { method, target, status, end, startedAt });
    });
  }
}

function serverOptions(config: Config) {
  return {
    maxHeaderSize: config.headerBytes,
    headersTimeout: config.headerTimeoutMs,
    requestTimeout: config.headerTimeoutMs + config.bodyTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, config.headerTimeoutMs, config.bodyTimeoutMs),
    keepAliveTimeout: config.keepAliveMs,
    noDelay: true,
    requireHostHeader: false, // we answer that ourselves, like all else that is wrong
  };
}

/** Whether a packet begins with a request that is well-formed but for a method that node:http does not know. */
function beginsWithUnknownMethod(packet: Buffer | undefined): boolean {
  const method = REQUEST_LINE.exec(packet?.toString("latin1") ?? "")?.[1];
  return method !== undefined && !METHODS.includes(method);
}

/** Asks for the body once the response before is out: the final answer must not come before its 100. */
function continueAfter(previous: ServerResponse | undefined, response: ServerResponse): Promise<void> {
  return new Promise((resolve) =>
    afterResponse(previous, () => {
      response.writeContinue();
      resolve();
    }),
  );
}
