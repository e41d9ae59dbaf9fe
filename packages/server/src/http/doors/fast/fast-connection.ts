/**
 * One connection of the fast lane, as a small machine:
 *
 *   idle      between requests; whatever comes must be one request of the one shape and nothing after it, or the
 *             connection is handed over to node:http, with the bytes so far, for good
 *   body      a request's head is read and its body is arriving
 *   serving   a request is being answered; what the client sends meanwhile waits in the socket, but for the rest of a
 *             body that was refused, which is dropped, here and in idle
 *   ended     handed over, closed or broken
 *
 * Requests of one connection are answered one after the other. Pipelined ones, which come several at once, are thus
 * node:http's business; one that comes while another is answered, or before its answer is taken, waits in the socket.
 */
import type { Socket } from "node:net";
import { ok } from "@perennial/protocol";
import type { Config } from "../../../config.ts";
import type { StoredBytes } from "../../../stream/records.ts";
import { logAccess } from "../../access-log.ts";
import { type Answerer, answer } from "../../answer.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import type { HeldConnection } from "../../limits/idle-search.ts";
import { BodyReceiver } from "../../message/body-receiver.ts";
import type { Reply } from "../../message/reply.ts";
import { isRefusal, type Parsed } from "../../problems.ts";
import { logBodyEnd } from "../body-end.ts";
import type { BodyEnd } from "../wire.ts";
import { FastRequest } from "./fast-request.ts";
import { KeptCredential } from "./kept-credential.ts";
import { type FastHead, readHead } from "./request-shape.ts";
import { type FastReplies, type FastWriting, writeFastReply } from "./write-fast-reply.ts";

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

export class FastConnection implements Answerer, FastWriting, HeldConnection {
  readonly #lane: FastLane;
  readonly #config: Config;
  readonly #socket: Socket;
  #state: "idle" | "body" | "serving" | "ended" = "idle";
  #request: FastRequest | undefined;
  /** Receives the body of the request, unless that came in one packet with its head. */
  #receiver: BodyReceiver | undefined;
  readonly #kept = new KeptCredential();
  /** Bytes of the body that have not arrived yet. */
  #toCome = 0;
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
  readonly #resume = (): void => void this.#socket.resume();

  constructor(socket: Socket, lane: FastLane) {
    this.#lane = lane;
    this.#config = lane.context.config;
    this.#socket = socket;
    this.#idleSince = this.#config.monotonicNow();
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onClose);
    socket.on("error", this.#onError);
  }

  get idleSince(): number | undefined {
    return this.#state === "idle" ? this.#idleSince : undefined;
  }

  /** Closes the connection if it has been between two requests since before `then`, monotonic milliseconds. */
  closeIfIdleSince(then: number): void {
    if (this.#state === "idle" && this.#idleSince <= then) this.#end();
  }

  /** Cuts the connection, whatever it is doing. */
  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#toCome > 0) this.#receiveBody(bytes);
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
    const head = readHead(bytes, this.#config.headerBytes, this.#kept);
    const length = head === undefined ? 0 : head.end + head.contentLength;
    if (head === undefined || bytes.length > length || head.contentLength > this.#config.bodyBytes) {
      this.#handOver(bytes);
    } else if (bytes.length < length) {
      this.#awaitBody(head, bytes);
    } else {
      this.#serve(head, ok({ parts: [bytes.subarray(head.end)], byteLength: head.contentLength }));
    }
  }

  #awaitBody(head: FastHead, bytes: Buffer): void {
    const { contentLength: announced } = head;
    const { budget } = this.#lane;
    if (budget.refusal(announced, announced) !== undefined) {
      this.#handOver(bytes);
      return;
    }
    this.#state = "body";
    this.#toCome = announced;
    // Not every answer depends on the body: the operations decide what to say without it.
    this.#receiver = new BodyReceiver({ announced, budget, timeoutMs: this.#config.bodyTimeoutMs }, (body) =>
      this.#serve(head, body),
    );
    this.#receiveBody(bytes.subarray(head.end));
  }

  /** Takes what belongs to the body; the rest of one that was refused is dropped. */
  #receiveBody(bytes: Buffer): void {
    const part = bytes.subarray(0, this.#toCome);
    this.#toCome -= part.length;
    const room = this.#receiver?.add(part);
    if (this.#toCome > 0) {
      if (room !== undefined) this.#pauseUntil(room);
      return;
    }
    const isIdle = this.#state === "idle";
    const rest = bytes.subarray(part.length);
    if (rest.length > 0 && !isIdle) this.#putBack(rest);
    this.#receiver?.end();
    if (rest.length > 0 && isIdle) this.#readRequest(rest);
  }

  #pauseUntil(room: Promise<void>): void {
    this.#socket.pause();
    void room.then(this.#resume);
  }

  #serve(head: FastHead, body: Parsed<StoredBytes>): void {
    // On a connection that is over, nobody waits for an answer.
    if (this.#state === "ended") return;
    this.#state = "serving";
    this.#hasServed = true;
    // What is given up for another reason has no end that one could find.
    if (body.kind === "rejected" && !isRefusal(body.rejection)) this.#toCome = 0;
    this.#request = new FastRequest(head, body, this.#config);
    answer(this.#lane.context, this.#request, this);
  }

  /** Answers the request being served, unless its client is gone. */
  send(reply: Reply): void {
    this.#receiver?.release();
    this.#receiver = undefined;
    if (this.#state !== "serving") return;
    const request = this.#request!;
    const { method, bodyFate } = request;
    // What would come after a cut body is no request.
    const inStep = bodyFate === "whole" || bodyFate === "refused" || (bodyFate === "cut" && this.#noMore);
    this.#keepsAlive = inStep && !this.#lane.isStopping();
    request.status = reply.status;
    if (writeFastReply(this.#socket, reply, method, this.#keepsAlive, this.#lane, this))
      request.isLive = true;
  }

  abort(): void {
    this.#socket.destroy();
  }

  onBroken(end: BodyEnd, cause?: unknown): void {
    const request = this.#request;
    if (request === undefined) return;
    request.end = end;
    logBodyEnd(this.#config, request, end, cause);
  }

  onWritten(): void {
    this.#requestDone("complete");
    if (this.#state !== "serving") return;
    if (!this.#keepsAlive) {
      this.#end();
      return;
    }
    this.#state = "idle";
    this.#idleSince = this.#config.monotonicNow();
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
    if (this.#state === "body") this.#receiver!.giveUp({ kind: "malformed-request" });
    else if (this.#state !== "serving" || this.#request?.mayWait) this.#socket.end();
  }

  #closed(): void {
    this.#state = "ended";
    this.#receiver?.giveUp({ kind: "body-incomplete" });
    this.#lane.forget(this);
    this.#request?.disconnected?.();
    this.#requestDone("client-left");
  }

  /** @param end unless it is known already that the body broke off */
  #requestDone(end: BodyEnd): void {
    const request = this.#request;
    this.#request = undefined;
    if (request === undefined || !this.#config.accessLog) return;
    request.end ??= end;
    logAccess(this.#config, request);
  }
}
