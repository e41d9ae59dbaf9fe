/** Documents without sockets: streams in memory, our server as a fetch handler, and a log of what was asked. */
import { createServer, type ServerOptions } from "@perennial/server";
import { YjsProvider, type YjsProviderOptions } from "@perennial/yjs";
import { YjsServer, type YjsServerOptions } from "@perennial/yjs/server";
import * as Y from "yjs";

export const ORIGIN = "http://documents.test";
export const BASE = `${ORIGIN}/v1/yjs/test`;

/** Answers a request, or hands it on. */
type Intercept = (request: Request, pass: () => Promise<Response>) => Promise<Response>;

export class World {
  readonly streams;
  yjs: YjsServer;
  readonly #options: Partial<YjsServerOptions>;
  readonly #providers: YjsProvider[] = [];
  /** Method and path with query of what providers asked for, in order. */
  readonly asked: string[] = [];
  readonly requests: Request[] = [];
  readonly warnings: string[] = [];
  intercept: Intercept = (_request, pass) => pass();

  constructor(options: Partial<YjsServerOptions> = {}, serverOptions: ServerOptions = {}) {
    this.streams = createServer({ longPollTimeoutMs: 200, drainMs: 0, ...serverOptions });
    this.#options = options;
    this.yjs = this.another();
  }

  /** A second process in front of the same streams. */
  another(): YjsServer {
    const warn = (_fields: object, message: string): void => void this.warnings.push(message);
    return new YjsServer({
      dsServer: this.streams,
      logger: { info: () => undefined, warn },
      ...this.#options,
    });
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    this.requests.push(request);
    this.asked.push(`${request.method} ${request.url.slice(BASE.length)}`);
    return this.intercept(request.clone(), () => this.yjs.fetch(request));
  };

  /** A request of its own. */
  ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    return this.yjs.fetch(new Request(`${BASE}${path}`, { method, ...init }));
  }

  /** A request to the streams below. */
  below(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    return this.streams.fetch(new Request(`${ORIGIN}/v1/stream/yjs/test${path}`, { method, ...init }));
  }

  open(docId: string, options: Partial<YjsProviderOptions> = {}): YjsProvider {
    const provider = new YjsProvider({
      ...{ doc: new Y.Doc(), baseUrl: BASE, docId, fetch: this.fetch, maxBackoffTime: 20 },
      ...options,
    });
    this.#providers.push(provider);
    return provider;
  }

  async opened(docId: string, options: Partial<YjsProviderOptions> = {}): Promise<YjsProvider> {
    const provider = this.open(docId, { connect: false, ...options });
    await provider.connect();
    return provider;
  }

  async close(): Promise<void> {
    for (const provider of this.#providers) provider.destroy();
    await this.yjs.stop();
    await this.streams.stop();
  }
}

export function textOf({ doc }: { doc: Y.Doc }): Y.Text {
  return doc.getText("text");
}

export function errorsOf(provider: YjsProvider): Error[] {
  const errors: Error[] = [];
  provider.on("error", (error) => errors.push(error));
  return errors;
}
