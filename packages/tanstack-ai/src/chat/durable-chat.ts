import type { ContentPart, UIMessage } from "@tanstack/ai";
import type { ChatActor } from "../actor.ts";
import { resolvedUrl } from "../client/addresses.ts";
import { postJson } from "../client/send.ts";
import { type ChatAddress, newId } from "./address.ts";
import { Outbox } from "./outbox.ts";
import { Presence } from "./presence.ts";
import { SessionReader } from "./session-reader.ts";
import { type DurableChatState, EMPTY_STATE, stateOf } from "./state.ts";

/** Options of `createDurableChat`. */
export interface DurableChatOptions {
  /** The address of the session's route, as `durableChatRoute` serves it. */
  readonly api: string;
  /** Who this is. The route may know better, by a cookie. */
  readonly actor: ChatActor;
  /** Sent with every request. A function is called for each: it may give a fresh token. */
  readonly headers?: HeadersInit | (() => HeadersInit);
  /** Used instead of the global `fetch`, for every request. */
  readonly fetch?: typeof globalThis.fetch;
  /** Whether others are told that this person is there, and are looked for. Default true. */
  readonly presence?: boolean;
}

/** A chat that many people, tabs, devices and agents share. */
export interface DurableChat {
  /** The chat as of now: the same object until something changes. */
  readonly getState: () => DurableChatState;
  /** Calls back after each change, at most once for all that happens in some 16 ms. Returns what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Follows the session. Returns what ends that; started again, it goes on where it was. */
  readonly start: () => () => void;
  /**
   * Says something. It is in `messages` at once, with a `delivery` until the session has it. Resolves once the application has
   * taken it or has not; that it failed is in `delivery`, too.
   */
  readonly sendMessage: (content: string | readonly ContentPart[]) => Promise<void>;
  /** Sends a message again that failed. It is never stored twice. */
  readonly retry: (messageId: string) => Promise<void>;
  /** Forgets a message that failed. */
  readonly discard: (messageId: string) => void;
  /**
   * Stops an answer, or all that are being written, for everybody.
   *
   * @throws Error when nothing was stopped
   */
  readonly stop: (runId?: string, reason?: string) => Promise<void>;
  /**
   * Decides about the call of a tool. The first decision counts.
   *
   * @throws Error when somebody was faster, or nothing waits for it
   */
  readonly addToolApprovalResponse: (response: {
    readonly id: string;
    readonly approved: boolean;
    readonly reason?: string;
  }) => Promise<void>;
  /** Tells others whether this person is typing. */
  readonly setTyping: (isTyping: boolean) => void;
  /** Who this is from now on, under another name, say. */
  readonly setActor: (actor: ChatActor) => void;
}

const NOTIFY_MS = 16;
/** A request that takes longer has failed: it may be repeated. In ms. */
const REQUEST_MS_MAX = 30_000;

/**
 * A chat on a session that many share, without a framework. `useDurableChat` of `@perennial/tanstack-ai/react` is this for React.
 *
 * @example
 * ```ts
 * import { createDurableChat } from "@perennial/tanstack-ai";
 * const chat = createDurableChat({ api: "https://example.com/api/chat/1", actor: { id: "ada", name: "Ada" } });
 * chat.subscribe(() => console.log(chat.getState().messages));
 * const stop = chat.start();
 * await chat.sendMessage("Hello!");
 * stop();
 * ```
 */
export function createDurableChat(options: DurableChatOptions): DurableChat {
  const chat = new Chat(options);
  return {
    getState: () => chat.state,
    subscribe: (listener) => chat.subscribe(listener),
    start: () => chat.start(),
    sendMessage: (content) => chat.sendMessage(content),
    retry: (id) => chat.outbox.retry(id),
    discard: (id) => chat.outbox.discard(id),
    stop: (runId, reason) => chat.post({ stop: { runId, reason } }),
    addToolApprovalResponse: (response) => chat.decide(response),
    setTyping: (isTyping) => chat.presence?.setTyping(isTyping),
    setActor: (actor) => chat.setActor(actor),
  };
}

class Chat {
  readonly #address: ChatAddress;
  readonly #reader: SessionReader;
  readonly #listeners = new Set<() => void>();
  readonly #deciding = new Map<string, boolean>();
  readonly outbox: Outbox;
  readonly presence: Presence | undefined;
  #actor: ChatActor;
  #notify: ReturnType<typeof setTimeout> | undefined;
  state = EMPTY_STATE;

  constructor({ api, actor, headers, fetch, presence = true }: DurableChatOptions) {
    this.#actor = actor;
    this.#address = {
      api: resolvedUrl(api, api),
      headers: () => Object.fromEntries(new Headers(typeof headers === "function" ? headers() : headers)),
      fetch: fetch ?? ((...request) => globalThis.fetch(...request)),
    };
    const changed = () => this.#changed();
    this.#reader = new SessionReader(this.#address, changed);
    this.outbox = new Outbox(
      (message) => this.post({ messages: [message] }),
      () => this.#show(),
    );
    if (presence) this.presence = new Presence(this.#address, actor, changed);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): () => void {
    const over = new AbortController();
    void this.#reader.follow(over.signal);
    void this.presence?.follow(over.signal);
    return () => over.abort();
  }

  sendMessage(content: string | readonly ContentPart[]): Promise<void> {
    const parts = typeof content === "string" ? [{ type: "text", content }] : [...content];
    const metadata = { actor: this.#actor };
    return this.outbox.send({ id: newId(), role: "user", parts, metadata } as UIMessage);
  }

  async decide(response: { readonly id: string; readonly approved: boolean; readonly reason?: string }) {
    this.#deciding.set(response.id, response.approved);
    this.#show();
    try {
      await this.post({ approval: response });
    } catch (error) {
      this.#deciding.delete(response.id);
      this.#show();
      throw error;
    }
  }

  post(body: Readonly<Record<string, unknown>>): Promise<void> {
    const { api: url, headers, fetch } = this.#address;
    const signal = AbortSignal.timeout(REQUEST_MS_MAX);
    return postJson({ url, headers: headers(), fetch, body: { ...body, actor: this.#actor }, signal });
  }

  setActor(actor: ChatActor): void {
    this.#actor = actor;
    this.presence?.setActor(actor);
  }

  /** Answers come in many small pieces: pages draw no faster than this. */
  #changed(): void {
    this.#notify ??= setTimeout(() => this.#show(), NOTIFY_MS);
  }

  #show(): void {
    clearTimeout(this.#notify);
    this.#notify = undefined;
    const { fold, status: connection, isLoaded, refusal, failure } = this.#reader;
    this.outbox.confirm(fold.messages);
    this.state = stateOf({
      ...{ messages: fold.messages, starts: fold.runs.starts, outgoing: this.outbox.entries },
      ...{ deciding: this.#deciding, people: this.presence?.people ?? [] },
      ...{ connection, isLoaded, refusal, failure },
    });
    for (const listener of [...this.#listeners]) listener();
  }
}
