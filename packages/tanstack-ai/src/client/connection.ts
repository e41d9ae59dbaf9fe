import { isMissing } from "@perennial/ai";
import { FetchError, type Offset } from "@perennial/client";
import type { SessionAddress } from "../session/compact.ts";
import { SessionFold } from "../session/fold.ts";
import type { TanStackChunk } from "../types.ts";
import { resolvedUrl } from "./addresses.ts";
import { type HydrationWindow, hydrationOf, type SessionHydration, windowOf } from "./hydrate.ts";
import { isOfLifeCycle, runOf } from "./join-run.ts";
import { pause, Signal } from "./pause.ts";
import { Place } from "./place.ts";
import { type RunContext, send } from "./send.ts";
import { startOf } from "./start.ts";
import { Subscription, type SubscriptionSource } from "./subscription.ts";

/** What a connection is up to: `waiting` while the session cannot be read, and it tries again. */
export type ConnectionStatus = "connecting" | "live" | "waiting";

/** Options of `durableStreamConnection`. */
export interface DurableStreamConnectionOptions {
  /** The application's route that takes messages. */
  readonly sendUrl: string;
  /** Where the session is read: its stream, or a route that reads it. Default `sendUrl`. */
  readonly readUrl?: string;
  /** Where to go on, as `materializeSnapshotFromDurableStream` gave it. Default: from the beginning. */
  readonly initialOffset?: Offset | undefined;
  /** Whether a subscriber that begins gets the messages so far as one `MESSAGES_SNAPSHOT`. Default true. */
  readonly emitSnapshotOnSubscribe?: boolean;
  /**
   * Whether that begins at the newest snapshot that `compactDurableChatSession` made. The address of a route that gives it as
   * JSON, where `readUrl` is not the stream itself. Default false.
   */
  readonly snapshots?: boolean | string;
  /** Sent with every request. A function is called for each: it may give a fresh token. */
  readonly headers?: HeadersInit | (() => HeadersInit);
  /** Used instead of the global `fetch`, for every request. */
  readonly fetchClient?: typeof fetch | undefined;
  /** Told what the connection is up to, and why it waits. */
  readonly onStatus?: (status: ConnectionStatus, error?: unknown) => void;
  /** Told whenever a subscriber has all that there is. */
  readonly onUpToDate?: () => void;
}

/** A connection for `useChat({ connection, live: true })`: TanStack AI's `SubscribeConnectionAdapter`. */
export interface DurableSessionConnection {
  /**
   * The session, as chunks: first what is there, then what comes, until the signal is aborted or the stream is closed. What
   * breaks is resumed, and a session that does not exist yet is waited for. A later call goes on behind the last chunk.
   *
   * @throws FetchError when the server refuses for good: 401, 403, or another answer that a repeat will not change
   */
  subscribe(abortSignal?: AbortSignal): AsyncIterable<TanStackChunk>;
  /**
   * Posts messages to the application.
   *
   * @throws Error with what the route says
   */
  send(
    messages: readonly unknown[],
    data?: unknown,
    abortSignal?: AbortSignal,
    runContext?: RunContext,
  ): Promise<void>;
  /**
   * A run from its beginning to its end, with what others say meanwhile. While somebody is subscribed, who has its words from there,
   * only its beginning and its end.
   *
   * @throws Error when the session has no such run, or it was folded
   */
  joinRun(runId: string, abortSignal?: AbortSignal): AsyncIterable<TanStackChunk>;
  /**
   * The session as it is now, for a chat with `persistence: true`. Who is subscribed has the run under way from there.
   *
   * @throws FetchError, 404 when there is no such session, or the error of `fetch`
   */
  hydrate(threadId: string, options?: HydrationWindow): Promise<SessionHydration>;
}

/** The name of the official package. */
export type DurableStreamConnection = DurableSessionConnection;

/** A session that is not there is looked for this often at first, and then less, ms. */
const RETRY_MS = 250;
const RETRY_MS_MAX = 5_000;

/** How long to wait after so many failures, in ms. */
export function retryMs(failures: number): number {
  return Math.min(RETRY_MS * 2 ** failures, RETRY_MS_MAX);
}

/**
 * A connection of TanStack AI's chat to a session that lives in a durable stream: every tab, person and device sees the same.
 *
 * @example
 * ```ts
 * import { durableStreamConnection } from "@perennial/tanstack-ai";
 * const connection = durableStreamConnection({
 *   sendUrl: "/api/chat?id=1",
 *   readUrl: "/api/chat-stream?id=1",
 * });
 * // useChat({ id: "1", connection, live: true })
 * ```
 */
export function durableStreamConnection(options: DurableStreamConnectionOptions): DurableSessionConnection {
  return new Connection(options);
}

class Connection implements DurableSessionConnection {
  readonly #options: DurableStreamConnectionOptions;
  readonly #readUrl: string;
  #place: Place;
  /** Whether a subscriber has yet to be given what was there before it. */
  #isBehind: boolean;
  /** Whether the messages are known from the first on. */
  readonly #isWhole: boolean;
  /** The session as far as it is known. */
  #fold = new SessionFold();

  constructor(options: DurableStreamConnectionOptions) {
    const { sendUrl, readUrl = sendUrl, initialOffset, emitSnapshotOnSubscribe = true } = options;
    this.#options = options;
    this.#readUrl = resolvedUrl(readUrl, sendUrl);
    this.#place = new Place(initialOffset);
    this.#isWhole = emitSnapshotOnSubscribe && initialOffset === undefined;
    this.#isBehind = this.#isWhole;
  }

  #headers = (): Record<string, string> => {
    const { headers } = this.#options;
    return Object.fromEntries(new Headers(typeof headers === "function" ? headers() : headers));
  };

  /**
   * Told once a subscriber has what was there before it, or has to wait for it. What is sent earlier may be answered by then, and its
   * end be part of what was there: whoever waits for that end would never see it.
   */
  #caughtUp = new Signal();
  /** Whether there was no session when it was last asked for. */
  #isMissing = false;
  /** Has a subscriber that waits try again at once. */
  #retry = new Signal();
  #subscribers = 0;

  subscribe = (signal?: AbortSignal): AsyncGenerator<TanStackChunk> => this.#counted(signal);

  async *#counted(signal: AbortSignal | undefined): AsyncGenerator<TanStackChunk> {
    this.#subscribers++;
    try {
      yield* this.#subscribe(signal);
    } finally {
      this.#subscribers--;
      this.#caughtUp.give();
    }
  }

  async *#subscribe(signal: AbortSignal | undefined): AsyncGenerator<TanStackChunk> {
    const { fetchClient: fetch, onStatus, onUpToDate } = this.#options;
    const source = { url: this.#readUrl, headers: this.#headers, fetch };
    for (let failures = 0; !signal?.aborted; failures++) {
      onStatus?.("connecting");
      try {
        if (this.#isBehind) await this.#begin(source);
        const known = {
          place: this.#place,
          fold: this.#fold,
          isWhole: this.#isWhole,
          isBehind: this.#isBehind,
        };
        const subscription = new Subscription({ source, signal, onUpToDate, ...known });
        const onOpen = () => {
          failures = 0;
          this.#isMissing = false;
          onStatus?.("live");
        };
        for await (const chunk of subscription.chunks(onOpen)) {
          this.#isBehind = subscription.isBehind;
          this.#caughtUp.give();
          yield chunk;
        }
        return;
      } catch (error) {
        if (signal?.aborted) return;
        if (!isPassing(error)) throw error;
        this.#isMissing = isMissing(error);
        this.#caughtUp.give();
        onStatus?.("waiting", error);
        this.#retry = new Signal();
        await pause(retryMs(failures), this.#retry, signal);
      }
    }
  }

  /** What was read before a subscriber could be given anything is read again. */
  async #begin({ url, headers, fetch }: SubscriptionSource): Promise<void> {
    const start = await startOf(this.#options, { url, headers: headers(), fetch });
    this.#place = new Place(start?.offset);
    this.#fold = new SessionFold(start?.messages);
  }

  async #catchUp(): Promise<void> {
    await this.#caughtUp.given;
    if (!this.#isMissing) return;
    // It may have come to be since, by somebody else's hand.
    this.#caughtUp = new Signal();
    this.#retry.give();
    await this.#caughtUp.given;
    if (this.#isMissing && this.#isBehind) this.#beginWithTheSession();
  }

  /** Of a session that this chat begins there is nothing to catch up with: its chunks are given from the first on. */
  #beginWithTheSession(): void {
    this.#isBehind = false;
    this.#place = new Place(undefined);
    this.#fold = new SessionFold();
  }

  get #address(): SessionAddress {
    return { url: this.#readUrl, headers: this.#headers(), fetch: this.#options.fetchClient };
  }

  joinRun: DurableSessionConnection["joinRun"] = (runId, signal) => this.#join(runId, signal);

  async *#join(runId: string, signal: AbortSignal | undefined): AsyncGenerator<TanStackChunk> {
    const start = await startOf(this.#options, this.#address);
    const over = new AbortController();
    const leave = () => over.abort();
    signal?.addEventListener("abort", leave);
    const found = { isFound: false };
    const reading = new Connection({
      ...{ sendUrl: this.#options.sendUrl, readUrl: this.#readUrl, headers: this.#headers },
      ...{ fetchClient: this.#options.fetchClient, initialOffset: start?.offset ?? "-1" },
      emitSnapshotOnSubscribe: false,
      onUpToDate: () => found.isFound || leave(),
    });
    for await (const chunk of runOf(reading.subscribe(over.signal), runId, found))
      if (this.#subscribers === 0 || isOfLifeCycle(chunk)) yield chunk;
    signal?.removeEventListener("abort", leave);
    if (!found.isFound && !signal?.aborted)
      throw new Error(`The session has no run ${runId} that could be joined`);
  }

  hydrate: DurableSessionConnection["hydrate"] = async (_threadId, wanted = {}) => {
    const start = await startOf(this.#options, this.#address);
    const read = await hydrationOf(this.#address, start, wanted);
    if (this.#subscribers === 0 || this.#isBehind || !this.#isWhole) return read;
    // What it was given since is newer than what was read.
    return { ...read, ...windowOf(this.#fold.messages, wanted), activeRun: null };
  };

  send: DurableSessionConnection["send"] = async (messages, data, signal, context) => {
    if (this.#subscribers > 0 && this.#isBehind) await this.#catchUp();
    const { sendUrl: url, fetchClient: fetch = globalThis.fetch } = this.#options;
    await send({ ...{ url, headers: this.#headers(), fetch }, messages, data, signal, context });
    // What was sent may have made the session: nobody waits out a pause then.
    this.#retry.give();
  };
}

/** Whether the session may be there later: it does not exist yet, or the server is busy or cannot be reached. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof FetchError)) return error instanceof TypeError || isTimeout(error);
  return isMissing(error) || error.status === 429 || error.status >= 500;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
