/** A session on a real server, the one route of an application before it, and people with the chat of this package. */
import { createServer } from "@perennial/server";
import {
  type ChatActor,
  type ChatAgent,
  createDurableChat,
  type DurableChat,
  type DurableChatOptions,
  type DurableChatRouteOptions,
  durableChatRoute,
} from "@perennial/tanstack-ai";
import { chat, toolDefinition, type UIMessage } from "@tanstack/ai";
import { vi } from "vitest";
import { textOf } from "./app.ts";
import { scriptedAdapter } from "./scripted-adapter.ts";

const APP = "http://app.test";

export const ADA: ChatActor = { id: "ada", name: "Ada" };
export const BOB: ChatActor = { id: "bob", name: "Bob" };

/** A tool that people must agree to. `deployed` tells where it was run. */
export function deployTool(deployed: string[]) {
  return toolDefinition({
    ...{ name: "deploy", description: "Deploys", needsApproval: true },
    inputSchema: { type: "object", properties: { to: { type: "string" } } },
  }).server(async (input) => {
    deployed.push((input as { to: string }).to);
    return { ok: true };
  });
}

export class ChatApp {
  readonly server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
  /** Requests of pages, as `POST` and the like with the part. */
  readonly requests: string[] = [];
  readonly deployed: string[] = [];
  /** What the model says to what was said last. Counts its calls. */
  says: (text: string) => AsyncIterable<string> | Iterable<string> = (text) => ["You said: ", text];
  calls = 0;
  readonly conversations: UIMessage[][] = [];
  agents: ChatAgent[] = [
    {
      ...{ id: "helper", name: "Helper" },
      answer: (turn) => {
        this.conversations.push(turn.messages);
        const { runId, threadId, messages, abortController } = turn;
        const adapter = scriptedAdapter((said) => {
          this.calls++;
          return this.says(said);
        });
        const tools = [deployTool(this.deployed)];
        return chat({ adapter, messages: messages as never, runId, threadId, abortController, tools });
      },
    },
  ];
  #handle: (request: Request) => Promise<Response> = async () => new Response(null, { status: 500 });
  readonly #stops: (() => void)[] = [];

  static async start(options: Partial<DurableChatRouteOptions> = {}): Promise<ChatApp> {
    const app = new ChatApp();
    await app.server.start();
    app.serve(options);
    return app;
  }

  /** Serves the route anew, as another process would. */
  serve(options: Partial<DurableChatRouteOptions> = {}): void {
    const open = async () => ({ stream: { writeUrl: this.url } });
    this.#handle = durableChatRoute({ open, agents: this.agents, ...options });
  }

  get url(): string {
    return `${this.server.url}/v1/stream/chat/1`;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(APP)) return fetch(request);
    this.requests.push(`${request.method} ${new URL(request.url).searchParams.get("part") ?? ""}`.trim());
    return this.#handle(request);
  };

  /** Posts anything to the route. */
  post(body: unknown, part = "", headers: HeadersInit = { "content-type": "application/json" }) {
    const init = { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) };
    return this.fetch(`${APP}/api${part && `?part=${part}`}`, init);
  }

  /** Somebody's page. */
  open(actor: ChatActor, options: Partial<DurableChatOptions> = {}): DurableChat & { close: () => void } {
    const page = createDurableChat({ api: `${APP}/api`, actor, fetch: this.fetch, ...options });
    const close = page.start();
    this.#stops.push(close);
    return { ...page, close };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.server.stop();
  }
}

/** Waits until something holds. The machine may be busy. */
export const eventually = (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000);

/** What a page shows: who said what. */
export const shown = (page: DurableChat): string[] =>
  page.getState().messages.map((message) => `${message.actor?.name ?? "?"}: ${textOf(message)}`);
