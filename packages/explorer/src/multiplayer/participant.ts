/** One of those in a session: reads its stream, writes to it, and has a connection of its own. */
import { DurableStream, IdempotentProducer, stream } from "@perennial/client";
import { parseOffset } from "@perennial/protocol";
import { reasonOf } from "../server/reason.ts";
import { nextEvent } from "./agent-script.ts";
import { Connection } from "./connection.ts";
import { type Resumption, resumption } from "./resumption.ts";
import { type Conversation, converse, type SayEvent, type SessionEvent } from "./session-log.ts";

/** What a pane shows. A new object for every change. */
export interface ParticipantSnapshot {
  readonly conversation: Conversation;
  /** Said here, and not yet seen in the stream. */
  readonly unsent: readonly SayEvent[];
  /** The position reached, in stored bytes. */
  readonly position: number;
  readonly isCut: boolean;
  /** Whether the tail has been reached since the last start. */
  readonly isUpToDate: boolean;
  /** What was caught up on when the tail was reached. */
  readonly resumed: Resumption | undefined;
  readonly failure: string | undefined;
}

const EMPTY: ParticipantSnapshot = {
  conversation: [],
  unsent: [],
  position: 0,
  isCut: false,
  isUpToDate: false,
  resumed: undefined,
  failure: undefined,
};

/** Requests are tried again soon after the connection is back, ms. */
const RETRY_MS = 500;

export class Participant {
  readonly name: string;
  readonly #url: string;
  readonly #isAgent: boolean;
  readonly #connection = new Connection();
  readonly #listeners = new Set<() => void>();
  #snapshot = EMPTY;
  /** What was known when the connection was lost, until it has been caught up on; empty after a start. */
  #knownBefore: Conversation | undefined;
  #producer: IdempotentProducer | undefined;
  #session: AbortController | undefined;

  /** @param isAgent whether it goes on in a page that nobody sees */
  constructor(name: string, url: string, isAgent: boolean) {
    this.name = name;
    this.#url = url;
    this.#isAgent = isAgent;
  }

  readonly snapshot = (): ParticipantSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Joins with empty hands: everything is read from the stream. */
  start(): void {
    this.#session = new AbortController();
    const { signal } = this.#session;
    this.#connection.restore();
    this.#change(EMPTY);
    this.#knownBefore = [];
    this.#producer = this.#createProducer(signal);
    this.#read(signal).catch((error: unknown) => this.#onFailure(error, signal));
  }

  stop(): void {
    this.#session?.abort();
  }

  /** Loses the connection. What is said meanwhile waits. */
  cut(): void {
    this.#connection.cut();
    this.#knownBefore = this.#snapshot.conversation;
    this.#change({ isCut: true, isUpToDate: false });
  }

  restore(): void {
    this.#connection.restore();
    this.#change({ isCut: false });
  }

  say(text: string): void {
    const event: SayEvent = { kind: "say", id: randomId(), from: this.name, text };
    this.#change({ unsent: [...this.#snapshot.unsent, event] });
    this.#write(event);
  }

  /** Writes an event, once, whatever happens to the connection. */
  #write(event: SessionEvent): void {
    this.#producer?.append(JSON.stringify(event));
  }

  /**
   * Answers what was said, a word at a time, for as long as the signal lets it. Begins where the stream says that an
   * answer stands, and from then on knows what it wrote itself, whether or not that has come back yet.
   *
   * @param wait resolves after the time between two words
   */
  async answer(signal: AbortSignal, wait: () => Promise<void>): Promise<void> {
    /** The conversation with what was written here and has not come back yet. */
    let ahead: Conversation | undefined;
    while (!signal.aborted) {
      await wait();
      const { conversation, isUpToDate } = this.#snapshot;
      if (ahead === undefined && !isUpToDate) continue;
      ahead = merged(ahead, conversation);
      const event = nextEvent(ahead);
      if (event === undefined || signal.aborted) continue;
      ahead = converse(ahead, [event]);
      this.#write(event);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const session = await stream({
      url: this.#url,
      live: "sse",
      signal,
      fetch: this.#connection.fetch,
      warnOnHttp: false,
      ...(this.#isAgent && { visibility: false }),
      backoffOptions: { maxDelay: RETRY_MS },
    });
    session.subscribeJson(({ items, offset, upToDate }) => {
      const conversation = converse(this.#snapshot.conversation, items);
      const seen = new Set(conversation.map(({ say }) => say.id));
      const unsent = this.#snapshot.unsent.filter(({ id }) => !seen.has(id));
      const position = parseOffset(offset) ?? 0;
      this.#change({ conversation, unsent, position, isUpToDate: upToDate });
      if (upToDate) this.#noteResumption();
    });
    await session.closed;
  }

  #noteResumption(): void {
    if (this.#knownBefore === undefined) return;
    this.#change({ resumed: resumption(this.#knownBefore, this.#snapshot.conversation) });
    this.#knownBefore = undefined;
  }

  #createProducer(signal: AbortSignal): IdempotentProducer {
    const handle = new DurableStream({
      url: this.#url,
      contentType: "application/json",
      fetch: this.#connection.fetch,
      warnOnHttp: false,
    });
    return new IdempotentProducer(handle, `${this.name.toLowerCase()}-${randomId()}`, {
      signal,
      lingerMs: 0,
      onError: (error) => this.#onFailure(error, signal),
      backoffOptions: { maxDelay: RETRY_MS, deadline: Number.POSITIVE_INFINITY },
    });
  }

  #onFailure(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) this.#change({ failure: reasonOf(error) });
  }

  #change(change: Partial<ParticipantSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** What was said since, with the answers as far as they were written here. */
function merged(ahead: Conversation | undefined, conversation: Conversation): Conversation {
  const known = new Map(ahead?.map((exchange) => [exchange.say.id, exchange]));
  return conversation.map((exchange) => {
    const mine = known.get(exchange.say.id);
    if (mine === undefined || exchange.isAnswered) return exchange;
    return mine.isAnswered || mine.tokens.length > exchange.tokens.length ? mine : exchange;
  });
}

/** Unique enough for a session, also on pages whose origin is not secure. */
function randomId(): string {
  return [...crypto.getRandomValues(new Uint32Array(2))].map((word) => word.toString(36)).join("");
}
