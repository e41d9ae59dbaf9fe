import { backoffDelay } from "../http/backoff.ts";
import type { LiveMode, StreamOptions } from "../options.ts";
import { pageVisibility } from "../visibility.ts";
import { Connection } from "./connection.ts";
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
import { type Resilience, resilience, warnAboutFallback } from "./resilience.ts";

/** A long-poll answered sooner than this with nothing in it was no wait at all, in ms. */
const IDLE_ANSWER_MS = 50;
/** Three heartbeats of a server that sends one every 15 s, in ms. */
const SILENCE_TIMEOUT_MS = 45_000;

/** The driver of the read loop: performs what the state machine asks for and reports to it. */
export class ReadSession {
  /** The latest plain response. */
  latest: Response;
  /** The position that the consumer has reached. */
  delivered: Position;
  /** Settles when the session is over and everything was delivered. */
  readonly closed: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  readonly #requests: ReadRequests;
  readonly #silenceLimit: number;
  readonly #resilience: Resilience;
  readonly #unsubscribe: (() => void) | undefined;
  #state: ReadState;
  /** The position after what was fetched; the consumer's may be one response behind. */
  #position: Position;
  /** Bytes of the page after the position that were handed on before it broke off: its content never changes. */
  #handedOn = 0;
  /** The connection in use; before the session runs, the one of the first response. */
  #connection: Connection | undefined;
  /** The delivery that the consumer has not finished. Never rejects. */
  #pending: Promise<void> | undefined;
  /** Gives up waiting for that delivery. */
  #release: (() => void) | undefined;
  #stopped = false;
  /** Ends the current pause or back-off early. */
  #wake: (() => void) | undefined;

  /**
   * @param start - the position that was asked for
   * @param first - the response to that; its body is unread
   */
  constructor(options: StreamOptions, requests: ReadRequests, start: Position, first: Response) {
    this.#requests = requests;
    this.#silenceLimit = options.silenceTimeout ?? SILENCE_TIMEOUT_MS;
    this.#resilience = resilience(options.sseResilience);
    this.#position = start;
    this.#connection = new Connection(this.#silenceLimit);
    this.#connection.open(first);
    this.latest = first;
    this.delivered = afterResponse(start, first);
    this.closed = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const watched = options.live === false ? false : (options.visibility ?? pageVisibility());
    const visibility = watched || undefined;
    this.#state = initialState(liveOf(options.live), visibility?.hidden ?? false);
    this.#unsubscribe = visibility?.subscribe(() => this.#onVisibility(visibility.hidden));
  }

  /** Reads until the session ends, see `closed`. */
  async run<T extends Piece>(receiver: Receiver<T>): Promise<void> {
    try {
      while (this.#state.phase !== "ended") await this.#step(receiver);
      await this.#pending;
    } catch (error) {
      this.#reject(error);
    }
    this.stop();
  }

  /** Ends the session; nothing more is delivered. */
  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#on({ type: "stop" });
    this.#connection?.cut("stopped");
    this.#wake?.();
    this.#release?.();
    this.#resolve();
  }

  #on(event: ReadEvent): void {
    const before = this.#state;
    this.#state = transition(before, event, this.#resilience);
    if (before.live !== this.#state.live && this.#resilience.logWarnings) warnAboutFallback();
  }

  #onVisibility(hidden: boolean): void {
    const reading = isReading(this.#state.phase);
    this.#on({ type: hidden ? "hide" : "show" });
    if (this.#state.phase === "paused" && reading) this.#connection?.cut("hidden");
    if (this.#state.phase !== "backing-off") this.#wake?.();
  }

  async #step<T extends Piece>(receiver: Receiver<T>): Promise<void> {
    const { phase } = this.#state;
    if (isReading(phase)) return await this.#read(phase, receiver);
    await this.#sleep(phase === "paused" ? undefined : this.#delay());
    this.#on({ type: "waited" });
  }

  /** The wait that the state asks for, in ms. */
  #delay(): number {
    const { cause, failures, shortConnections, idleAnswers } = this.#state;
    if (cause === "short-connection") {
      const bound = this.#resilience.backoffBaseDelay * 2 ** shortConnections;
      return Math.floor(Math.random() * Math.min(this.#resilience.backoffMaxDelay, bound));
    }
    const times = cause === "idle" ? Math.max(1, idleAnswers) : failures;
    return backoffDelay(this.#requests.backoff, times, Math.random());
  }

  async #sleep(ms: number | undefined): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  async #read<T extends Piece>(phase: Reading, receiver: Receiver<T>): Promise<void> {
    this.#connection ??= new Connection(this.#silenceLimit);
    const connection = this.#connection;
    try {
      const live = phase === "catch-up" ? undefined : phase;
      const response =
        connection.response ?? connection.open(await this.#requests.send(this.#position, live, connection));
      if (isEventStream(response)) await this.#events(response, connection, receiver);
      else await this.#page(phase, response, connection, receiver);
    } catch (error) {
      this.#handedOn -= receiver.format.drop();
      await this.#onBroken(connection, error);
    } finally {
      connection.close();
      this.#connection = undefined;
    }
  }

  /** A connection was cut from this side or broke: the loop resumes, unless it broke too often in a row. */
  async #onBroken(connection: Connection, error: unknown): Promise<void> {
    const { cutReason, isBarren } = connection;
    if (cutReason === "silent") this.#on({ type: "silent", barren: isBarren });
    if (cutReason) return;
    if (!connection.isLost) throw error;
    this.#on({ type: "lost", short: isBarren && this.#isShort(connection) });
    if (this.#state.failures > this.#requests.backoff.maxRetries && !(await this.#requests.consult(error)))
      throw error;
  }

  #isShort({ age }: Connection): boolean {
    return age < this.#resilience.minConnectionDuration;
  }

  async #page<T extends Piece>(
    phase: Reading,
    response: Response,
    connection: Connection,
    receiver: Receiver<T>,
  ): Promise<void> {
    this.latest = response;
    let seen = 0;
    for await (const bytes of connection.chunks()) {
      const piece = receiver.format.push(bytes.subarray(Math.max(0, this.#handedOn - seen)));
      seen += bytes.length;
      this.#handedOn = Math.max(this.#handedOn, seen);
      if (piece.length > 0) await this.#deliver(() => receiver.piece(piece));
    }
    const rest = receiver.format.finishPage();
    if (phase === "sse") this.#on({ type: "not-served" });
    await this.#arrive(afterResponse(this.#position, response), connection, receiver, rest);
  }

  async #events<T extends Piece>(
    response: Response,
    connection: Connection,
    receiver: Receiver<T>,
  ): Promise<void> {
    const base64 = isBase64(response);
    const decode = flushDecoder();
    for await (const bytes of connection.chunks()) {
      for (const { payloads, control } of decode(bytes)) {
        const data = decodeEvents(receiver.format, payloads, base64);
        const after = advance(this.#position, control);
        const isNews = payloads.length > 0 || after.upToDate;
        const delivery = this.#arrive(after, connection, receiver, data, isNews);
        if (delivery !== undefined) await delivery;
        if (this.#state.phase === "ended") return;
      }
    }
    this.#on({ type: "ended", short: this.#isShort(connection) });
  }

  /** Everything up to a position has arrived, with data that a batch tells of unless it is no news. */
  #arrive<T extends Piece>(
    position: Position,
    connection: Connection,
    receiver: Receiver<T>,
    data: T,
    isNews = true,
  ): Promise<void> | undefined {
    const moved = position.offset !== this.#position.offset;
    const idle = !moved && connection.age < IDLE_ANSWER_MS;
    this.#position = position;
    this.#handedOn = 0;
    this.#on({ type: "page", atTail: position.upToDate, closed: position.streamClosed, moved, idle });
    const commit = () => {
      this.delivered = position;
    };
    return this.#deliver(() => (isNews ? receiver.page(data, position, commit) : commit()));
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
        this.#reject(error);
        this.stop();
      });
    });
    return undefined;
  }
}

function liveOf(mode: LiveMode = true): Live {
  if (mode === false) return "none";
  return mode === "sse" ? mode : "long-poll";
}
