/** A proxy in front of a real server and a scripted model, over real sockets. */
import { createProxyServer, type ProxyServer, type ProxyServerOptions } from "@perennial/proxy";
import { createDurableFetch, type DurableFetchOptions, MemoryStorage } from "@perennial/proxy/client";
import { createServer, type DurableStreamsServer, type ServerOptions } from "@perennial/server";
import { ModelServer } from "./model-server.ts";

/** As official tests have it. */
export const SECRET = "test-secret-key-for-development";

export class World {
  readonly model: ModelServer;
  readonly streams: DurableStreamsServer;
  readonly warnings: string[] = [];
  /** All that was logged, as JSON. */
  readonly log: string[] = [];
  readonly proxies: ProxyServer[] = [];

  private constructor(model: ModelServer, streams: DurableStreamsServer) {
    this.model = model;
    this.streams = streams;
  }

  static async start(options: Partial<ProxyServerOptions> = {}, server: ServerOptions = {}): Promise<World> {
    const streams = createServer({
      port: 0,
      stopGraceMs: 0,
      drainMs: 200,
      longPollTimeoutMs: 500,
      ...server,
    });
    await streams.start();
    const world = new World(await new ModelServer().start(), streams);
    await world.another(options);
    return world;
  }

  /** One more proxy in front of the same streams. */
  async another(options: Partial<ProxyServerOptions> = {}): Promise<ProxyServer> {
    const note = (fields: object, message: string): void =>
      void this.log.push(JSON.stringify({ message, ...fields }, errorsToo));
    const proxy = await createProxyServer({
      ...{ host: "127.0.0.1", port: 0, durableStreamsUrl: this.streams.url, jwtSecret: SECRET },
      allowlist: ["http://localhost:*/**"],
      logger: {
        info: note,
        warn: (fields, message) => {
          this.warnings.push(message);
          note(fields, message);
        },
      },
      ...options,
    });
    this.proxies.push(proxy);
    return proxy;
  }

  /** Where the first proxy is. */
  get proxyUrl(): string {
    return `${this.proxies[0]!.url}/v1/proxy`;
  }

  /** A request to the proxy. */
  ask(method: string, path = "", init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.proxyUrl}${path}`, { method, ...init });
  }

  /** Creates, as a client does. */
  create(path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> {
    return this.ask("POST", "", {
      ...init,
      headers: {
        authorization: `Bearer ${SECRET}`,
        "upstream-url": `${this.model.url}${path}`,
        "upstream-method": "GET",
        ...headers,
      },
    });
  }

  /** Creates, and gives the read URL. */
  async created(path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<URL> {
    const response = await this.create(path, headers, init);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new URL(response.headers.get("location")!);
  }

  /** All of a stream that is closed, read live. */
  async whole(url: URL): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let offset = "-1"; ; ) {
      const response = await fetch(read(url, { offset, live: "long-poll" }));
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      parts.push(Buffer.from(await response.arrayBuffer()));
      if (response.headers.get("stream-closed") === "true") return Buffer.concat(parts);
      offset = response.headers.get("stream-next-offset")!;
    }
  }

  durableFetch(options: Partial<DurableFetchOptions> = {}) {
    return createDurableFetch({
      ...{ proxyUrl: this.proxyUrl, proxyAuthorization: SECRET, storage: new MemoryStorage() },
      ...options,
    });
  }

  async stop(): Promise<void> {
    for (const proxy of this.proxies.splice(0)) await proxy.stop();
    await this.model.stop();
    await this.streams.stop();
  }
}

/** A read URL with parameters. */
export function read(url: URL, parameters: Record<string, string>): URL {
  const copy = new URL(url);
  for (const [name, value] of Object.entries(parameters)) copy.searchParams.set(name, value);
  return copy;
}

function errorsToo(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name} ${value.message} ${value.stack}` : value;
}
