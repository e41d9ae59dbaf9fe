/** How many connections a listening door holds at once, in all and of one address, and what it says when there are more. */
import type { Server, Socket } from "node:net";
import { wallOf } from "@perennial/protocol";
import type { Config } from "../../config.ts";
import { problemReply } from "../errors.ts";
import { commonHeaders } from "../message/common-headers.ts";
import { ReplyHeads } from "../message/reply-head.ts";
import type { RequestProblem } from "../problems.ts";
import { addressGroup, isLoopback } from "./address-group.ts";
import { type HeldConnection, IdleSearch } from "./idle-search.ts";

/** Open files that the server keeps for itself: the log, its archive, the event loop. */
const OWN_FILES = 100;

/** The share of all connections that one address may have unless told otherwise. */
const ADDRESS_SHARE = 1 / 4;

/** Connections that are idle for so long give way to new ones when there is no more room, milliseconds. */
const GIVE_WAY_MS = 5000;

/** Refused connections that are told why, at once; more are closed without a word. */
const REFUSED_MAX = 32;

/** How long a refused client may take to send its request and read its answer, milliseconds. */
const LINGER_MS = 1000;

/** At most one warning of a kind in this time, milliseconds. */
const WARNING_INTERVAL_MS = 60_000;

/**
 * Limits the connections of a server that is about to listen. The limit leaves files to the log: without one for its next
 * segment, whoever opens enough connections would stop all appends.
 *
 * @param held the door's connections, in the order in which they came
 */
export function limitConnections(server: Server, config: Config, held: () => Iterable<HeldConnection>): void {
  const limit = Math.max(1, Math.min(config.connections, openFilesAtMost() - OWN_FILES));
  new ConnectionLimit(config, limit, new IdleSearch(held, GIVE_WAY_MS)).guard(server);
}

class ConnectionLimit {
  readonly #config: Config;
  readonly #limit: number;
  readonly #idle: IdleSearch;
  /** Undefined: an address may have as many as there are. */
  readonly #perAddress: number | undefined;
  readonly #heads: ReplyHeads;
  #open = 0;
  /** By group of addresses: those of which there are any. */
  readonly #counts = new Map<string, number>();
  /** Refused ones that are being told why. */
  #refused = 0;
  readonly #warnedAt = new Map<RequestProblem["kind"], number>();

  constructor(config: Config, limit: number, idle: IdleSearch) {
    const { connectionsPerAddress, trustProxy, keepAliveMs } = config;
    const usual = trustProxy ? undefined : Math.max(1, Math.floor(limit * ADDRESS_SHARE));
    this.#config = config;
    this.#limit = limit;
    this.#idle = idle;
    this.#perAddress = connectionsPerAddress ?? usual;
    this.#heads = new ReplyHeads(commonHeaders(wallOf(config)), keepAliveMs);
  }

  /** Has the server's own listeners see only the connections that may stay. */
  guard(server: Server): void {
    const listeners = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (socket: Socket) => {
      const problem = this.#take(socket);
      if (problem !== undefined) this.#refuse(socket, problem);
      else for (const listener of listeners) listener.call(server, socket);
    });
    // Those that are being closed, or told why not, are open files, too.
    server.maxConnections = this.#limit + this.#refusedMax;
    server.on("drop", () => this.#warn({ kind: "connections-in-use" }, undefined));
  }

  get #refusedMax(): number {
    return Math.min(REFUSED_MAX, 4 + Math.floor(this.#limit / 10));
  }

  /** Counts the connection, or says why it cannot stay. */
  #take(socket: Socket): RequestProblem | undefined {
    const { remoteAddress } = socket;
    const group = this.#groupOf(remoteAddress);
    const count = group === undefined ? 0 : (this.#counts.get(group) ?? 0);
    if (count >= (this.#perAddress ?? Number.POSITIVE_INFINITY))
      return { kind: "connections-of-address", limit: this.#perAddress! };
    if (this.#open >= this.#limit && !this.#idle.closeOne(this.#config.monotonicNow()))
      return { kind: "connections-in-use" };
    this.#open += 1;
    if (group !== undefined) this.#counts.set(group, count + 1);
    socket.once("close", () => this.#release(group));
    return undefined;
  }

  /** Whose share the connection takes; undefined: nobody's. */
  #groupOf(address: string | undefined): string | undefined {
    if (address === undefined || this.#perAddress === undefined) return undefined;
    const isExempt = this.#config.connectionsPerAddress === undefined && isLoopback(address);
    return isExempt ? undefined : addressGroup(address);
  }

  #release(group: string | undefined): void {
    this.#open -= 1;
    if (group === undefined) return;
    const left = this.#counts.get(group)! - 1;
    if (left === 0) this.#counts.delete(group);
    else this.#counts.set(group, left);
  }

  #refuse(socket: Socket, problem: RequestProblem): void {
    this.#warn(problem, socket.remoteAddress);
    socket.on("error", () => undefined);
    // A handshake for an answer would cost more than the connection.
    if (this.#config.tls !== undefined || this.#refused >= this.#refusedMax) {
      socket.destroy();
      return;
    }
    this.#refused += 1;
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => {
      this.#refused -= 1;
      clearTimeout(linger);
    });
    // Not before its request: clients make nothing of an answer to nothing.
    socket.once("data", () => socket.end(this.#answer(problem)));
    socket.resume();
  }

  #answer(problem: RequestProblem): Buffer {
    const { status, headers, body } = problemReply(problem);
    const bytes = body as Uint8Array;
    const framing = `Content-Length: ${bytes.length}\r\n`;
    const head = this.#heads.head(status, headers, framing, false, this.#config.now());
    return Buffer.concat([Buffer.from(`${head}\r\n`, "latin1"), bytes]);
  }

  #warn(problem: RequestProblem, address: string | undefined): void {
    const now = this.#config.monotonicNow();
    if (now - (this.#warnedAt.get(problem.kind) ?? Number.NEGATIVE_INFINITY) < WARNING_INTERVAL_MS) return;
    this.#warnedAt.set(problem.kind, now);
    const { logger } = this.#config;
    if (problem.kind === "connections-of-address")
      logger.warn(
        { address, limit: problem.limit },
        "refusing connections: their address has as many as one may have",
      );
    else logger.warn({ connections: this.#limit }, "closing new connections: as many are open as may be");
  }
}

interface Limits {
  /** Absent on Windows, which has no such limit. */
  readonly userLimits?: { readonly open_files: { readonly soft: number | "unlimited" } };
}

/** The process's limit of open files; Node has raised it to the highest that it may have. */
function openFilesAtMost(): number {
  const { userLimits } = process.report.getReport() as Limits;
  return Number(userLimits?.open_files.soft) || Number.POSITIVE_INFINITY;
}
