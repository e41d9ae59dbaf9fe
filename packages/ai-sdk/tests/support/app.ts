/** An application in front of a stream server, as a route file has it, and every request that its pages made. */
import { requestStop, type ToDurableStreamResponseOptions, toDurableStreamResponse } from "@perennial/ai-sdk";
import { createServer } from "@perennial/server";

export const APP = "http://app.test";

/** Makes the source of an answer. */
export type Answer = ToDurableStreamResponseOptions["source"];

export class App {
  readonly server: ReturnType<typeof createServer>;
  /** Requests of pages, the latest last. */
  readonly requests: Request[] = [];
  readonly #isSocket: boolean;
  /** What the next answer is made of. */
  answer: Answer = (async function* () {})();
  options: Partial<ToDurableStreamResponseOptions> = {};
  /** Of each chat, the generation that runs. */
  readonly active = new Map<string, string>();
  /** Answers of the model so far. */
  calls = 0;
  #generations = 0;

  private constructor(isSocket: boolean) {
    this.#isSocket = isSocket;
    this.server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
  }

  /** @param isSocket - whether streams are reached over real sockets */
  static async start({ isSocket }: { readonly isSocket: boolean }): Promise<App> {
    const app = new App(isSocket);
    if (isSocket) await app.server.start();
    return app;
  }

  get origin(): string {
    return this.#isSocket ? this.server.url : "http://streams.test";
  }

  /** For the server's side. */
  readonly streamFetch: typeof globalThis.fetch = (input, init) =>
    this.#isSocket ? fetch(input, init) : this.server.fetch(new Request(input, init));

  /** For pages: the application's routes, and streams. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(
      typeof input === "string" && input.startsWith("/") ? APP + input : input,
      init,
    );
    this.requests.push(request.clone());
    if (request.url.startsWith(APP)) return this.#route(request);
    return this.#isSocket ? fetch(input, init) : this.server.fetch(request);
  };

  target(url: string) {
    return { url, fetch: this.streamFetch };
  }

  async #route(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    const [, chatId = "", route] = /^\/api\/chat\/([^/]+)\/(stream|stop)$/.exec(path) ?? [];
    const id = decodeURIComponent(chatId);
    if (path === "/api/chat") return this.#post(request);
    const active = this.active.get(id);
    if (route === "stop" && active) {
      return Response.json(await requestStop(this.target(active), (await request.json()).reason));
    }
    if (route !== "stream") return new Response("no such route", { status: 404 });
    if (active === undefined) return new Response(null, { status: 204 });
    return Response.json({ streamUrl: active }, { headers: { location: active } });
  }

  async #post(request: Request): Promise<Response> {
    const { id } = (await request.json()) as { id: string };
    const writeUrl = `${this.origin}/v1/stream/chat/${encodeURIComponent(id)}/${this.#generations++}`;
    this.active.set(id, writeUrl);
    const { answer } = this;
    const source: Answer = (context) => {
      this.calls++;
      return typeof answer === "function" ? answer(context) : answer;
    };
    return toDurableStreamResponse({
      ...{ source, stream: { writeUrl, fetch: this.streamFetch } },
      onEnd: () => void this.active.delete(id),
      ...this.options,
    });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
