/**
 * One connection of the fast lane, as a small machine:
 *
 *   idle      between requests; whatever comes must be one request of the one shape and nothing after it, or the
 *             connection is handed over to node:http, with the bytes so far, for good
 *   body      a request's head is read and its body is arriving
 *   serving   a request is being answered; what the client sends meanwhile waits in the socket
 *   ended     handed over, closed or broken
 *
 * Requests of one connection are answered one after the other. Pipelined ones, which come several at once, are thus
 * node:http's business; one that comes while another is answered, or before its answer is taken, waits in the socket.
 */
import type { Socket } from "node:net";
import type { Config } from "../../../config.ts";
import type { StoredBytes } from "../../../stream/records.ts";
import { logAccess } from "../../access-log.ts";
import { type Answerer, answer } from "../../answer.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { GatheredBody } from "../../message/gathered-body.ts";
import type { Reply } from "../../message/reply.ts";
import type { RequestProblem } from "../../problems.ts";
import { FastRequest } from "./fast-request.ts";
import { type FastHead, readHead } from "./request-shape.ts";
import { type FastReplies, writeFastReply } from "./write-fast-reply.ts";

/** What all connections of the lane share. */
export interface FastLane extends FastReplies {
  readonly budget: BodyBudget;
  /** How long a client may take nothing of an answer that ends its connection, milliseconds. */
  readonly silenceMs: number;
  /** Gives the socket, on which the lane may have served requests, to node:http, which sees `bytes` first. */
  handOver(socket: Socket, bytes: Buffer, hasServed: boolean): void;
  /** The connection is over, or not the lane's any more. */
  forget(connection: FastConnection): void;
  /** Whether connections should close after the answer under way. */
  isStopping(): boolean;
}

export class FastConnection implements Answerer {
  readonly #lane: FastLane;
  readonly #config: Config;
  readonly #socket: Socket;
  #state: "idle" | "body" | "serving" | "ended" = "idle";
  #head: FastHead | undefined;
  #body: GatheredBody | undefined;
  #bodyTimer: NodeJS.Timeout | undefined;
  #request: FastRequest | undefined;
  /** Bytes of the request's body that count against the budget until it is answered. */
  #held = 0;
  /** Whether the connection goes on after the reply under way. */
  #keepsAlive = true;
  /** The client has closed its side. */
  #noMore = false;
  #hasServed = false;
  #idleSince: number;
  readonly #onData = (bytes: Buffer): void => this.#receive(bytes);
  readonly #onEnd = (): void => this.#halfClosed();
  readonly #onClose = (): void => this.#closed();
  readonly #onError = (): void => undefined;
  readonly #onAnswered = (): void => this.#answered();
  readonly #resume = (): void => void this.#socket.resume();

  constructor(socket: Socket, lane: FastLane) {
    this.#lane = lane;
    this.#config = lane.context.config;
    this.#socket = socket;
    this.#idleSince = this.#config.now();
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onClose);
    socket.on("error", this.#onError);
  }

  /** Closes the connection if it has been between two requests since before `then`, epoch milliseconds. */
  closeIfIdleSince(then: number): void {
    if (this.#state === "idle" && this.#idleSince <= then) this.#end();
  }

  /** Cuts the connection, whatever it is doing. */
  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#state === "body") this.#receiveBody(bytes);
    else if (this.#state === "idle") this.#readRequest(bytes);
    else this.#putBack(bytes);
  }

  /**
   * Leaves what belongs to later requests in the socket, which reads no further meanwhile: little is kept, and the
   * client's end of the connection is seen after its last request.
   */
  #putBack(bytes: Buffer): void {
    this.#socket.pause();
    this.#socket.unshift(bytes);
  }

  /** Takes one request, or hands the connection over. */
  #readRequest(bytes: Buffer): void {
    const head = readHead(bytes, this.#config.headerBytes);
    const length = head === undefined ? 0 : head.end + head.contentLength;
    if (head === undefined || bytes.length > length || head.contentLength > this.#config.bodyBytes) {
      this.#handOver(bytes);
    } else if (bytes.length < length) {
      this.#awaitBody(head, bytes);
    } else {
      this.#serve(head, { parts: [bytes.subarray(head.end)], byteLength: head.contentLength });
    }
  }

  #awaitBody(head: FastHead, bytes: Buffer): void {
    if (this.#lane.budget.refusal(head.contentLength, head.contentLength) !== undefined) {
      this.#handOver(bytes);
      return;
    }
    this.#state = "body";
    this.#head = head;
    this.#body = new GatheredBody(head.contentLength);
    this.#lane.budget.hold(head.contentLength);
    this.#bodyTimer = setTimeout(
      () => this.#giveUpBody({ kind: "request-timeout" }),
      this.#config.bodyTimeoutMs,
    );
    this.#receiveBody(bytes.subarray(head.end));
  }

  #receiveBody(bytes: Buffer): void {
    const head = this.#head!;
    const body = this.#body!;
    const part = bytes.subarray(0, head.contentLength - body.byteLength);
    body.add(part);
    if (body.byteLength < head.contentLength) return;
    clearTimeout(this.#bodyTimer);
    if (bytes.length > part.length) this.#putBack(bytes.subarray(part.length));
    this.#body = undefined;
    this.#head = undefined;
    this.#serve(head, body.bytes(), head.contentLength);
  }

  /** Not every answer depends on the body: the operations decide what to say without it. */
  #giveUpBody(problem: RequestProblem): void {
    const head = this.#head!;
    this.#releaseBody();
    this.#serve(head, problem);
  }

  #releaseBody(): void {
    clearTimeout(this.#bodyTimer);
    if (this.#head !== undefined) this.#lane.budget.release(this.#head.contentLength);
    this.#head = undefined;
    this.#body = undefined;
  }

  #serve(head: FastHead, body: StoredBytes | RequestProblem, held = 0): void {
    this.#state = "serving";
    this.#hasServed = true;
    this.#held = held;
    this.#request = new FastRequest(head, body, this.#config);
    answer(this.#lane.context, this.#request, this);
  }

  /** Answers the request being served, unless its client is gone. */
  send(reply: Reply): void {
    this.#lane.budget.release(this.#held);
    if (this.#state !== "serving") return;
    const request = this.#request!;
    const { method, bodyFate } = request;
    // What would come after a cut body is no request.
    const inStep = bodyFate === "whole" || (bodyFate === "cut" && this.#noMore);
    this.#keepsAlive = inStep && !this.#lane.isStopping();
    request.status = reply.status;
    const live = writeFastReply(this.#socket, reply, method, this.#keepsAlive, this.#lane, this.#onAnswered);
    if (live !== undefined) request.disconnected = () => live.onDisconnect();
  }

  abort(): void {
    this.#socket.destroy();
  }

  #answered(): void {
    this.#requestDone();
    if (this.#state !== "serving") return;
    if (!this.#keepsAlive) {
      this.#end();
      return;
    }
    this.#state = "idle";
    this.#idleSince = this.#config.now();
    if (this.#noMore) this.#socket.end();
    else if (this.#socket.writableNeedDrain) this.#socket.pause().once("drain", this.#resume);
    // Not at once: a flood of requests must leave others their turn.
    else if (this.#socket.isPaused()) setImmediate(this.#resume);
  }

  /** Closes the connection once the client has taken what it was sent, for which it is given time. */
  #end(): void {
    this.#state = "ended";
    this.#socket.setTimeout(this.#lane.silenceMs, () => this.#socket.destroy());
    this.#socket.destroySoon();
  }

  #handOver(bytes: Buffer): void {
    this.#detach();
    this.#lane.forget(this);
    this.#lane.handOver(this.#socket, bytes, this.#hasServed);
  }

  #detach(): void {
    this.#state = "ended";
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("close", this.#onClose);
    this.#socket.off("error", this.#onError);
  }

  /**
   * The client will send no more: it gets its answer, and then the connection ends. The client of a live read that
   * closes its side is gone, since there is no other way to tell.
   */
  #halfClosed(): void {
    this.#noMore = true;
    if (this.#state === "body") this.#giveUpBody({ kind: "malformed-request" });
    else if (this.#state !== "serving" || this.#watchesClient()) this.#socket.end();
  }

  /** Whether the reply may take for ever, so that somebody must notice when the client goes away. */
  #watchesClient(): boolean {
    return this.#request?.disconnected !== undefined;
  }

  #closed(): void {
    this.#releaseBody();
    this.#state = "ended";
    this.#lane.forget(this);
    this.#request?.disconnected?.();
    this.#requestDone();
  }

  #requestDone(): void {
    if (this.#request !== undefined && this.#config.accessLog) logAccess(this.#config, this.#request);
    this.#request = undefined;
  }
}
