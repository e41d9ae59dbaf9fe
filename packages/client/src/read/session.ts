import { DurableStreamError } from "../errors/durable-stream-error.ts";
import { hasType } from "../http/content-type.ts";
import { withDefaults } from "../http/defaults.ts";
import { sleep } from "../http/timer.ts";
import type { StreamOptions } from "../options.ts";
import { pageVisibility } from "../visibility.ts";
import { Connection, isWhole } from "./connection.ts";
import { flushDecoder, isBase64 } from "./event-stream.ts";
import { decodeEvents, type Piece } from "./formats/format.ts";
import { lifeOf } from "./life.ts";
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
import { RESILIENCE_DEFAULTS, type Resilience, warnAboutFallback } from "./resilience.ts";

/** A long-poll answered sooner than this with nothing in it was no wait at all, in ms. */
const IDLE_ANSWER_MS = 50;
/** Bodies in a row that may break without news. With the default waits that takes some two minutes. */
const FRUITLESS_MAX = 25;

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
  readonly #policy: ReadPolicy & Resilience;
  readonly #unsubscribe: (() => void) | undefined;
  #receiver!: Receiver<Piece>;
  #state: ReadState;
  /** The position after what was fetched; the consumer's may be one response behind. */
  #position: Position;
  /** Bytes of the page after the position that were handed on before it broke off: its content never changes. */
  #handedOn = 0;
  /** Which life of the stream the pages are of, where they say so. */
  #life: string | undefined;
  readonly #onReplaced: StreamOptions["onReplaced"];
  /** Told before the stream is read from its beginning again. */
  onStartOver = (): void => {};
  /** When the first of the connections since the last page failed, in ms since 1970. */
  #failingSince: number | undefined;
  /** The connection in use; before the session runs, the one of the first response. */
  #connection: Connection;
  /** The latest delivery. Never rejects. */
  #pending = Promise.resolve();
  #stopped = false;

  /**
   * @param start - the position that was asked for
   * @param first - the response to that; its body is unread
   */
  constructor(options: StreamOptions, requests: ReadRequests, start: Position, first: Response) {
    this.#requests = requests;
    this.#onReplaced = options.onReplaced;
    this.#policy = { ...withDefaults(RESILIENCE_DEFAULTS, options.sseResilience), backoff: requests.backoff };
    this.#position = start;
    this.#connection = new Connection(requests.silence);
    this.#connection.response = first;
    this.latest = first;
    this.delivered = afterResponse(start, first);
    this.closed = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { live = true } = options;
    const visibility = (live && (options.visibility ?? pageVisibility())) || undefined;
    // Events are of no use where a response is there only when it is whole.
    const mode = live === "sse" && isWhole(first) ? "long-poll" : live;
    this.#state = initialState(mode, visibility?.hidden ?? false);
    this.#unsubscribe = visibility?.subscribe(() =>
      this.#interrupt({ type: "visibility", hidden: visibility.hidden }),
    );
  }

  /** Reads until the session ends, see `closed`. */
  async run(receiver: Receiver<Piece>): Promise<void> {
    this.#receiver = receiver;
    try {
      while (this.#state.phase !== "ended") await this.#step();
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
    if (this.#state.phase !== phase) this.#connection.cut();
  }

  async #step(): Promise<void> {
    const { phase, waitMax } = this.#state;
    try {
      if (isReading(phase)) await this.#read(phase);
      else {
        await sleep(Math.random() * waitMax, this.#connection.signal);
        this.#on({ type: "waited" });
      }
    } catch (error) {
      this.#handedOn -= this.#receiver.format.drop();
      await this.#onBroken(error);
    }
    this.#connection = new Connection(this.#requests.silence);
  }

  async #read(phase: Reading): Promise<void> {
    const live = phase === "catch-up" ? undefined : phase;
    const connection = this.#connection;
    connection.response ??= await this.#requests.send(this.#position, live, connection);
    const { response } = connection;
    if (hasType(response, "text/event-stream")) await this.#events(response);
    else await this.#page(response);
  }

  /** The connection broke or fell silent: the loop resumes, unless that happened too often or for too long. */
  async #onBroken(error: unknown): Promise<void> {
    const { isSilent, isLost, isBarren, hasNews, signal } = this.#connection;
    if (signal.aborted && !isSilent) return;
    if (isSilent && isBarren) this.#on({ type: "not-served" });
    else if (isLost)
      this.#on({
        type: "lost",
        short: isBarren && this.#connection.age < this.#policy.minConnectionDuration,
        hasNews,
      });
    else throw error;
    const { maxRetries, deadline } = this.#policy.backoff;
    this.#failingSince ??= Date.now();
    const { failures } = this.#state;
    const isHopeless = failures > FRUITLESS_MAX;
    if (!isHopeless && failures <= maxRetries && Date.now() - this.#failingSince <= deadline) return;
    const hopeless = `The stream always breaks at ${this.#position.offset}: ${error}`;
    const reason = isHopeless ? new DurableStreamError(hopeless, "UNKNOWN") : error;
    if (!(await this.#requests.consult(reason))) throw reason;
    this.#failingSince = undefined;
  }

  async #page(response: Response): Promise<void> {
    const { format } = this.#receiver;
    this.latest = response;
    const life = lifeOf(response) ?? this.#life;
    if (this.#life && life !== this.#life) {
      this.#life = life;
      await this.#startOver();
      return;
    }
    this.#life = life;
    let known = this.#handedOn;
    for await (const bytes of this.#connection.chunks()) {
      const news = bytes.subarray(known);
      known = Math.max(0, known - bytes.length);
      this.#handedOn += news.length;
      const piece = format.push(news);
      this.#connection.hasNews ||= piece.length > 0;
      await this.#deliver(() => this.#receiver.piece(piece));
    }
    const rest = format.finishPage();
    this.#on({ type: "not-served" });
    await this.#arrive(afterResponse(this.#position, response), rest);
  }

  async #startOver(): Promise<void> {
    await this.#pending;
    if (!(await this.#onReplaced?.()))
      throw new DurableStreamError("The stream was replaced while it was read", "NOT_FOUND");
    this.#connection.cut();
    this.#receiver.format.drop();
    this.onStartOver();
    this.#requests.passCaches();
    this.#handedOn = 0;
    this.#position = { offset: "-1", upToDate: false, streamClosed: false };
    this.#on({ type: "page", idle: false, ...this.#position });
  }

  async #events(response: Response): Promise<void> {
    const base64 = isBase64(response);
    const decode = flushDecoder();
    for await (const bytes of this.#connection.chunks()) {
      for (const { payloads, control } of decode(bytes)) {
        const data = decodeEvents(this.#receiver.format, payloads, base64);
        const after = advance(this.#position, control);
        await this.#arrive(after, data, payloads.length > 0 || after.upToDate);
        if (this.#state.phase === "ended") return;
      }
    }
    this.#on({ type: "ended", short: this.#connection.age < this.#policy.minConnectionDuration });
  }

  /** Everything up to a position has arrived, with data that a batch tells of unless it is no news. */
  #arrive(position: Position, data: Piece, isNews = true): Promise<void> {
    const moved = position.offset !== this.#position.offset;
    const idle = !moved && (this.#connection.age < IDLE_ANSWER_MS || !position.upToDate);
    this.#position = position;
    this.#handedOn = 0;
    this.#failingSince = undefined;
    this.#on({ type: "page", idle, ...position });
    const commit = () => {
      this.delivered = position;
    };
    return this.#deliver(() => (isNews ? this.#receiver.page(data, commit, position) : commit()));
  }

  /** Delivers once the delivery before is finished, which it waits for. */
  #deliver(deliver: () => void | Promise<void>): Promise<void> {
    const before = this.#pending;
    this.#pending = before.then(() => (this.#stopped ? undefined : deliver())).catch(this.#fail);
    return before;
  }
}
