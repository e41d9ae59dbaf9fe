import { backoffDelay } from "../http/backoff.ts";
import type { SSEResilienceOptions } from "../options.ts";
import type { VisibilitySource } from "../visibility.ts";
import { Connection, type ReadOutcome } from "./connection.ts";
import { flushDecoder, isBase64, isEventStream } from "./event-stream.ts";
import { decodeEvents, type Piece } from "./formats/format.ts";
import {
  initialState,
  isReading,
  type Live,
  type ReadEvent,
  type Reading,
  type ReadState,
  transition,
} from "./machine.ts";
import { advance, afterResponse, type Position } from "./position.ts";
import type { Receiver } from "./receivers/receiver.ts";
import type { ReadRequests } from "./requests.ts";
import { resilience, warnAboutFallback } from "./resilience.ts";

/** A long-poll answered sooner than this with nothing in it was no wait at all, in ms. */
const IDLE_ANSWER_MS = 50;
/** What a session starts from. */
export interface SessionOptions {
  readonly requests: ReadRequests;
  /** The first response; its body is unread. */
  readonly first: Response;
  /** The position before the first response. */
  readonly position: Position;
  readonly live: Live;
  readonly silenceLimit: number;
  readonly visibility: VisibilitySource | undefined;
  readonly sseResilience: SSEResilienceOptions | undefined;
  /** Told of every plain response, when it arrives. */
  readonly onResponse: (response: Response) => void;
  /** Told of every position, when the consumer has reached it. */
  readonly onDelivered: (position: Position) => void;
}

/** The driver of the read loop: performs what the state machine asks for and reports to it. */
export class ReadSession {
  readonly #options: SessionOptions;
  readonly #resilience: ReturnType<typeof resilience>;
  #state: ReadState;
  /** The position after what was fetched; the consumer's may be one response behind. */
  #position: Position;
  /** Bytes of the page after the position that were handed on before it broke off: its content never changes. */
  #handedOn = 0;
  #first: Response | undefined;
  #connection: Connection | undefined;
  /** The delivery that the consumer has not finished. Never rejects: failures go to `#failure`. */
  #pending: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Gives up waiting for that delivery. */
  #release: (() => void) | undefined;
  #stopped = false;
  /** Ends the current pause or back-off early. */
  #wake: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#resilience = resilience(options.sseResilience);
    this.#position = options.position;
    this.#first = options.first;
    const { visibility, live } = options;
    this.#state = initialState(live, visibility?.hidden ?? false);
    if (live === "none") return;
    this.#unsubscribe = visibility?.subscribe(() => this.#onVisibility(visibility.hidden));
  }

  /** Reads until the session ends. Everything was delivered when the promise settles. */
  async run<T extends Piece>(receiver: Receiver<T>): Promise<void> {
    try {
      while (this.#state.phase !== "ended") await this.#step(receiver);
      await this.#pending;
    } catch (error) {
      this.#failure ??= { error };
    }
    this.stop();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends the session; nothing more is delivered. */
  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#on({ type: "stop" });
    this.#connection?.cut("stopped");
    this.#wake?.();
    this.#release?.();
    const unread = this.#first?.body;
    if (unread && !unread.locked) unread.cancel().catch(() => {});
  }

  #on(event: ReadEvent): void {
    const before = this.#state;
    this.#state = transition(before, event, this.#resilience);
    if (before.live === "sse" && this.#state.live === "long-poll" && this.#resilience.logWarnings)
      warnAboutFallback();
  }

  #onVisibility(hidden: boolean): void {
    const reading = isReading(this.#state.phase);
    this.#on({ type: hidden ? "hide" : "show" });
    if (this.#state.phase === "paused" && reading) this.#connection?.cut("hidden");
    if (this.#state.phase !== "backing-off") this.#wake?.();
  }

  async #step<T extends Piece>(receiver: Receiver<T>): Promise<void> {
    const { phase } = this.#state;
    if (isReading(phase)) await this.#read(phase, receiver);
    else if (phase === "paused") await this.#sleep(undefined);
    else if (phase === "backing-off") {
      await this.#sleep(this.#delay());
      this.#on({ type: "waited" });
    }
  }

  /** The wait that the state asks for, in ms. */
  #delay(): number {
    const { cause, failures, shortConnections, idleAnswers } = this.#state;
    const { backoff } = this.#options.requests;
    if (cause === "failure") return backoffDelay(backoff, failures, Math.random());
    if (cause === "idle") return backoffDelay(backoff, Math.max(1, idleAnswers), Math.random());
    const bound = this.#resilience.backoffBaseDelay * 2 ** shortConnections;
    return Math.floor(Math.random() * Math.min(this.#resilience.backoffMaxDelay, bound));
  }

  #sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  async #read<T extends Piece>(phase: Reading, receiver: Receiver<T>): Promise<void> {
    const first = this.#first;
    const connection = new Connection(this.#options.silenceLimit);
    this.#connection = connection;
    this.#first = undefined;
    try {
      const response = first ?? (await this.#request(phase, connection));
      if (response !== undefined) {
        connection.open(response);
        if (isEventStream(response)) await this.#events(response, connection, receiver);
        else await this.#page(phase, response, connection, receiver);
      }
    } finally {
      connection.close();
      this.#connection = undefined;
    }
  }

  /** Sends the phase's request; `undefined` when it was cut from this side. */
  async #request(phase: Reading, connection: Connection): Promise<Response | undefined> {
    const live = phase === "catch-up" ? undefined : phase;
    const query = { offset: this.#position.offset, cursor: this.#position.cursor, live };
    try {
      const attempt = (request: () => Promise<Response>) => connection.attempt(request);
      return await this.#options.requests.send(query, connection.signal, attempt);
    } catch (error) {
      if (connection.cutReason === undefined) throw error;
      this.#onCut(connection);
      return undefined;
    }
  }

  #onCut(connection: Connection): void {
    if (connection.cutReason === "silent") this.#on({ type: "silent", barren: connection.isBarren });
  }

  async #page<T extends Piece>(
    phase: Reading,
    response: Response,
    connection: Connection,
    receiver: Receiver<T>,
  ): Promise<void> {
    const { format } = receiver;
    this.#options.onResponse(response);
    for (let seen = 0; ; ) {
      const outcome = await connection.read();
      if (outcome.type === "end") break;
      if (outcome.type !== "chunk") {
        this.#handedOn = Math.max(this.#handedOn, seen) - format.drop();
        return await this.#disconnected(outcome, connection);
      }
      const piece = format.push(outcome.bytes.subarray(Math.max(0, this.#handedOn - seen)));
      seen += outcome.bytes.length;
      if (piece.length > 0) await this.#deliver(() => receiver.piece(piece));
    }
    const rest = format.finishPage();
    if (phase === "sse") this.#on({ type: "not-served" });
    await this.#arrive(afterResponse(this.#position, response), connection, (meta, commit) =>
      receiver.page(rest, meta, commit),
    );
  }

  /** Everything up to a position has arrived. */
  #arrive(
    position: Position,
    connection: Connection,
    deliver: (position: Position, commit: () => void) => void | Promise<void>,
  ): Promise<void> | undefined {
    const moved = position.offset !== this.#position.offset;
    const idle = !moved && connection.age < IDLE_ANSWER_MS;
    this.#position = position;
    this.#handedOn = 0;
    this.#on({ type: "page", atTail: position.upToDate, closed: position.streamClosed, moved, idle });
    return this.#deliver(() => deliver(position, () => this.#options.onDelivered(position)));
  }

  /** A body ended, was cut from this side, or broke. */
  async #disconnected(outcome: ReadOutcome, connection: Connection): Promise<void> {
    const early = connection.age < this.#resilience.minConnectionDuration;
    if (outcome.type === "end") this.#on({ type: "ended", short: early });
    if (outcome.type === "cut") this.#onCut(connection);
    if (outcome.type === "lost") await this.#onLost(outcome.error, early && connection.isBarren);
  }

  /** A connection broke: the loop resumes after a wait, unless that happened too often in a row. */
  async #onLost(error: unknown, short: boolean): Promise<void> {
    this.#on({ type: "lost", short });
    if (this.#state.failures <= this.#options.requests.backoff.maxRetries) return;
    if (!(await this.#options.requests.consult(error))) throw error;
  }

  async #events<T extends Piece>(
    response: Response,
    connection: Connection,
    receiver: Receiver<T>,
  ): Promise<void> {
    const base64 = isBase64(response);
    const decode = flushDecoder();
    for (;;) {
      const outcome = await connection.read();
      if (outcome.type !== "chunk") return await this.#disconnected(outcome, connection);
      for (const { payloads, control } of decode(outcome.bytes)) {
        const data = decodeEvents(receiver.format, payloads, base64);
        const delivery = this.#arrive(advance(this.#position, control), connection, (meta, commit) =>
          // Without data or news a control event only moves the position.
          payloads.length > 0 || meta.upToDate ? receiver.page(data, meta, commit) : commit(),
        );
        if (delivery !== undefined) await delivery;
        if (this.#state.phase === "ended") return;
      }
    }
  }

  /** Delivers once the delivery before is finished. Returns a promise only if there is something to wait for. */
  #deliver(deliver: () => void | Promise<void>): Promise<void> | undefined {
    if (this.#pending !== undefined) return this.#pending.then(() => this.#deliver(deliver));
    if (this.#stopped) return undefined;
    const delivery = deliver();
    // A callback may return anything; only what can be waited for matters.
    if (typeof delivery?.then !== "function") return undefined;
    this.#pending = new Promise((resolve) => {
      this.#release = () => {
        this.#pending = undefined;
        resolve();
      };
      delivery.then(this.#release, (error: unknown) => {
        this.#failure ??= { error };
        this.stop();
      });
    });
    return undefined;
  }
}
