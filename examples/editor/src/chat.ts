/** The side chat: a stream that is read, and requests to the agent. */
import { stream } from "@perennial/client";
import { type ChatEvent, type Exchange, foldChat, type Mode } from "../shared/chat.ts";
import { chatPath } from "../shared/places.ts";
import type { SharedDocument } from "./document.ts";

export interface Chat {
  /** All that was asked, oldest first; the same array until something happens. */
  exchanges(): readonly Exchange[];
  subscribe(listener: () => void): () => void;
  /** Each resolves with what went wrong, if anything did. */
  ask(text: string, mode: Mode, context: object | undefined): Promise<string | undefined>;
  stop(): Promise<string | undefined>;
  undo(run: string): Promise<string | undefined>;
  close(): void;
}

/** How long it waits before it asks the server again for the chat, ms. */
const RETRY_MS = 2_000;

export function openChat(shared: SharedDocument): Chat {
  const { key, person, connection } = shared;
  const chat = new Map<string, Exchange>();
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let shown: readonly Exchange[] = [];
  const api = `/api/documents/${key}`;
  const take = (events: readonly ChatEvent[]): void => {
    for (const event of events) foldChat(chat, event);
    shown = [...chat.values()].map((exchange) => ({ ...exchange }));
    for (const listener of listeners) listener();
  };
  const post = (action: string, body: object) => request(connection.fetch, "POST", `${api}/${action}`, body);
  void follow(shared, api, closing.signal, take);
  return {
    exchanges: () => shown,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: (text, mode, context) => {
      const run = crypto.randomUUID();
      return post("ask", { run, text, mode, context, author: person.name, color: person.color });
    },
    stop: () => post("stop", {}),
    undo: (run) => post("undo", { run }),
    close: () => closing.abort(),
  };
}

async function follow(
  { key, connection }: SharedDocument,
  api: string,
  signal: AbortSignal,
  take: (events: readonly ChatEvent[]) => void,
): Promise<void> {
  while (!signal.aborted && (await request(connection.fetch, "PUT", api)) !== undefined)
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  if (signal.aborted) return;
  const url = new URL(chatPath(key), location.href);
  const backoffOptions = { maxDelay: 2_000 };
  const options = {
    url,
    live: "sse",
    fetch: connection.fetch,
    signal,
    backoffOptions,
    warnOnHttp: false,
  } as const;
  try {
    const response = await stream<ChatEvent>(options);
    response.subscribeJson(({ items }) => take(items));
    await response.closed;
  } catch (error) {
    // The page was left, or the chat was deleted.
    if (!signal.aborted) console.warn("the chat has ended:", error);
  }
}

async function request(
  fetch: typeof globalThis.fetch,
  method: string,
  url: string,
  body?: object,
): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (response.ok) return undefined;
    const { error } = (await response.json()) as { error?: string };
    return error ?? `The server answers ${response.status}.`;
  } catch {
    return "The server cannot be reached.";
  }
}
