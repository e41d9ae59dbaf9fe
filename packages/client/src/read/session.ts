import { sleep } from "../http/sleep.ts";
import type { StreamOptions } from "../options.ts";
import { pageVisibility } from "../visibility.ts";
import { Connection } from "./connection.ts";
import { flushDecoder, isBase64, isEventStream } from "./event-stream.ts";
import { decodeEvents, type Piece } from "./formats/format.ts";
import {
  initialState,
  isReading,
  type ReadEvent,
  type Reading,
  type ReadPolicy,
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
  readonly #policy: ReadPolicy & Resilience;
  readonly #unsubscribe: (() => void) | undefined;
  #state: ReadState;
  /** The position after what was fetched; the consumer's may be one response behind. */
  #position: Position;
  /** Bytes of the page after the position that were handed on before it broke off: its content never changes. */
  #handedOn = 0;
  /** The connection in use; before the session runs, the one of the first response. */
  #connection: Connection | undefined;
  /** The latest delivery. Never rejects. */
  #pending = Promise.resolve();
  #stopped = false;

  /**
   * @param start - the position that was asked for
   * @param first - the response to that; its body is unread
   */
  constructor(options: StreamOptions, requests: ReadRequests, start: Position, first: Response) {
    this.#requests = requests;
    this.#silenceLimit = options.silenceTimeout ?? SILENCE_TIMEOUT_MS;
    this.#policy = { ...resilience(options.sseResilience), backoff: requests.backoff };
    this.#position = start;
    this.#connection = new Connection(this.#silenceLimit);
    this.#connection.open(first);
    this.latest = first;
    this.delivered = afterResponse(start, first);
    this.closed = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { live = true } = options;
    const visibility = (live && (options.visibility ?? pageVisibility())) || undefined;
    this.#state = initialState(live, visibility?.hidden ?? false);
    this.#unsubscribe = visibility?.subscribe(() =>
      this.#interrupt({ type: visibility.hidden ? "hide" : "show" }),
    );
  }

  /** Reads until the session ends, see `closed`. */
  async run<T extends Piece>(receiver: Receiver<T>): Promise<void> {
    try {
      while (this.#state.phase !== "ended") await this.#step(receiver);
      await this.#pending;
      this.stop();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the session; nothing more is delivered. */
  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#interrupt({ type: "stop" });
    this.#resolve();
  }

  readonly #fail = (error: unknown): void => {
    this.#reject(error);
    this.stop();
  };

  #on(event: ReadEvent): void {
    const before = this.#state;
    this.#state = transition(before, event, this.#policy);
    if (before.live !== this.#state.live && this.#policy.logWarnings) warnAboutFallback();
  }

  /** Reports what comes from outside: what is under way is given up if it asks for something else. */
  #interrupt(event: ReadEvent): void {
    const { phase } = this.#state;
    this.#on(event);
    if (this.#state.phase !== phase) this.#connection?.cut();
  }

  async #step<T extends Piece>(receiver: Receiver<T>): Promise<void> {
    this.#connection ??= new Connection(this.#silenceLimit);
    const connection = this.#connection;
    const { phase } = this.#state;
    try {
      if (isReading(phase)) await this.#read(phase, connection, receiver);
      else {
        const wait = phase === "paused" ? Number.POSITIVE_INFINITY : Math.random() * this.#state.waitMax;
        await sleep(wait, connection.signal);
        this.#on({ type: "waited" });
      }
    } catch (error) {
      this.#handedOn -= receiver.format.drop();
      await this.#onBroken(connection, error);
    } finally {
      connection.close();
      this.#connection = undefined;
    }
  }

  async #read<T extends Piece>(phase: Reading, connection: Connection, receiver: Receiver<T>): Promise<void> {
    const live = phase === "catch-up" ? undefined : phase;
    const response =
      connection.response ?? connection.open(await this.#requests.send(this.#position, live, connection));
    if (isEventStream(response)) await this.#events(response, connection, receiver);
    else await this.#page(response, connection, receiver);
  }

  /** A connection was cut from this side or broke: the loop resumes, unless it broke too often in a row. */
  async #onBroken(connection: Connection, error: unknown): Promise<void> {
    const { isSilent, isLost, isBarren, signal } = connection;
    if (isSilent && isBarren) this.#on({ type: "not-served" });
    if (signal.aborted) return;
    if (!isLost) throw error;
    this.#on({ type: "lost", short: isBarren && this.#isShort(connection) });
    if (this.#state.failures > this.#policy.backoff.maxRetries && !(await this.#requests.consult(error)))
      throw error;
  }

  #isShort({ age }: Connection): boolean {
    return age < this.#policy.minConnectionDuration;
  }

  async #page<T extends Piece>(
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
    this.#on({ type: "not-served" });
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
        await this.#arrive(after, connection, receiver, data, isNews);
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
  ): Promise<void> {
    const moved = position.offset !== this.#position.offset;
    const idle = !moved && (connection.age < IDLE_ANSWER_MS || !position.upToDate);
    this.#position = position;
    this.#handedOn = 0;
    this.#on({ type: "page", idle, ...position });
    const commit = () => {
      this.delivered = position;
    };
    return this.#deliver(() => (isNews ? receiver.page(data, position, commit) : commit()));
  }

  /** Delivers once the delivery before is finished, which it waits for. */
  #deliver(deliver: () => void | Promise<void>): Promise<void> {
    const before = this.#pending;
    this.#pending = before.then(() => (this.#stopped ? undefined : deliver())).catch(this.#fail);
    return before;
  }
}
