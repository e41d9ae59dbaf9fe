/** A session on a real server, an application's routes before it, and TanStack AI's own client as its pages. */
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import {
  appendSanitizedChunksToStream,
  type DurableStreamConnectionOptions,
  durableStreamConnection,
  ensureDurableChatSessionStream,
  requestRunStop,
  type TanStackChunk,
  type ToDurableChatSessionResponseOptions,
  toDurableChatSessionResponse,
} from "@perennial/tanstack-ai";
import type { UIMessage } from "@tanstack/ai";
import { ChatClient } from "@tanstack/ai-client";
import { afterEach, beforeEach } from "vitest";

const APP = "http://app.test";

/** A run of an answer, in pieces, as an adapter streams it. */
export async function* answer(
  runId: string,
  texts: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<TanStackChunk> {
  const messageId = `answer-${runId}`;
  yield { type: "RUN_STARTED", runId, threadId: "t", timestamp: 1 };
  yield { type: "TEXT_MESSAGE_START", messageId, role: "assistant", timestamp: 1 };
  for await (const delta of texts) yield { type: "TEXT_MESSAGE_CONTENT", messageId, delta, timestamp: 1 };
  yield { type: "TEXT_MESSAGE_END", messageId, timestamp: 1 };
  yield { type: "RUN_FINISHED", runId, threadId: "t", finishReason: "stop", timestamp: 1 };
}

export const user = (text: string, id: string = crypto.randomUUID()) => ({
  ...{ id, role: "user" },
  parts: [{ type: "text", content: text }],
});

/** The text of a message. */
export const textOf = (message: UIMessage | undefined): string =>
  (message?.parts ?? []).map((part) => (part.type === "text" ? part.content : "")).join("");

/** Has a new application and its session for each test of a file. */
export function newAppForEachTest(use: (app: App, session: DurableStream) => void): void {
  let app: App;
  beforeEach(async () => {
    app = await App.start();
    use(app, await ensureDurableChatSessionStream({ writeUrl: app.url }));
  });
  afterEach(() => app.stop());
}

export class App {
  readonly server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
  readonly #clients: ChatClient[] = [];
  /** Requests of pages to the route. */
  readonly posts: { body: Record<string, unknown>; headers: Headers }[] = [];
  /** What the model says to the next messages. */
  model: (said: string) => ToDurableChatSessionResponseOptions["responseStream"] = (said) =>
    answer(crypto.randomUUID(), [`You said: `, said]);
  options: Partial<ToDurableChatSessionResponseOptions> = {};

  static async start(): Promise<App> {
    const app = new App();
    await app.server.start();
    return app;
  }

  get url(): string {
    return `${this.server.url}/v1/stream/chat/1`;
  }

  /** The application's route, and streams. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(APP)) return fetch(request);
    const body = (await request.json()) as { messages: UIMessage[] };
    this.posts.push({ body: body as never, headers: request.headers });
    const last = body.messages.at(-1)!;
    return toDurableChatSessionResponse({
      ...{
        stream: { writeUrl: this.url },
        newMessages: [last as never],
        responseStream: this.model(textOf(last)),
      },
      ...this.options,
    });
  };

  connection(options: Partial<DurableStreamConnectionOptions> = {}) {
    return durableStreamConnection({
      ...{ sendUrl: `${APP}/api/chat`, readUrl: this.url, fetchClient: this.fetch, ...options },
    });
  }

  /** A page on the session. */
  page(options: Partial<DurableStreamConnectionOptions> = {}, initialMessages: UIMessage[] = []): ChatClient {
    const client = new ChatClient({ connection: this.connection(options) as never, initialMessages });
    client.subscribe();
    this.#clients.push(client);
    return client;
  }

  /** Writes chunks into the session. */
  append(...chunks: TanStackChunk[]): Promise<void> {
    const session = new DurableStream({ url: this.url, contentType: "application/json", warnOnHttp: false });
    return appendSanitizedChunksToStream(session, chunks);
  }

  stopRun(runId: string, reason?: string) {
    return requestRunStop({ writeUrl: this.url }, runId, reason);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.unsubscribe();
    await this.server.stop();
  }
}
