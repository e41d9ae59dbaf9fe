import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HEADER } from "@perennial/protocol";
import type { AddressRules } from "../core/addresses.ts";
import { parseAllowlist } from "../core/allowlist.ts";
import { errorResponse } from "../handler/http/errors.ts";
import type { ProxyHandlerOptions } from "../handler/options.ts";
import { createHandler, type ProxyHandler } from "../handler/proxy-handler.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { listener, type TlsOptions } from "./listener.ts";

/** Options of a proxy in Node. */
export interface ProxyOptions extends Omit<ProxyHandlerOptions, "upstreamFetch"> {
  /**
   * Names, without wildcards, that may lead to private addresses and to this machine. The allowlist must let them through as well.
   * `localhost` and addresses that the allowlist names need no mention.
   */
  readonly privateHosts?: readonly string[] | undefined;
}

/** Options of a proxy that listens. */
export interface ProxyServerOptions extends ProxyOptions {
  /** Port, [0, 65535]; 0: any that is free. Default 4440. */
  readonly port?: number | undefined;
  /** Address. Default `localhost`. */
  readonly host?: string | undefined;
  /** Makes it speak HTTPS. */
  readonly tls?: TlsOptions | undefined;
}

/** A proxy that listens. */
export interface ProxyServer {
  /** Where, such as `http://127.0.0.1:4440`. */
  readonly url: string;
  /** Cuts all connections. Readers of what is being fetched are told that it was interrupted. */
  readonly stop: () => Promise<void>;
}

export const DEFAULT_PORT = 4440;
const CONNECTIONS = 10_000;

/**
 * A proxy as a fetch handler, for servers in Node. `@perennial/proxy/handler` has one for other runtimes.
 *
 * @throws TypeError for an option that is no good; Error in Bun
 * @example
 * ```ts
 * import { createProxyHandler } from "@perennial/proxy";
 * import { createServer } from "@perennial/server";
 * const proxy = createProxyHandler({
 *   dsServer: createServer(),
 *   jwtSecret: "a long random text",
 *   allowlist: ["https://api.openai.com/**"],
 * });
 * export default { fetch: (request: Request) => proxy.fetch(request) };
 * ```
 */
export function createProxyHandler(options: ProxyOptions): ProxyHandler {
  const { exactHosts } = parseAllowlist(options.allowlist ?? []);
  const privateHosts = new Set(options.privateHosts?.map((name) => name.toLowerCase()));
  const rules: AddressRules = { exactHosts, privateHosts };
  const upstream = guardedFetch(rules);
  const handler = createHandler({ ...options, upstreamFetch: upstream.fetch });
  return {
    fetch: handler.fetch,
    async stop() {
      await handler.stop();
      await upstream.close();
    },
  };
}

/**
 * Starts a proxy. Rejects when it cannot listen, or an option is no good.
 *
 * @example
 * ```ts
 * import { createProxyServer } from "@perennial/proxy";
 * const { url, stop } = await createProxyServer({
 *   durableStreamsUrl: "http://localhost:4437",
 *   jwtSecret: "a long random text",
 *   allowlist: ["https://api.openai.com/**"],
 * });
 * ```
 */
export async function createProxyServer(options: ProxyServerOptions): Promise<ProxyServer> {
  const proxy = createProxyHandler(options);
  const server = listener(
    (request) => proxy.fetch(request),
    () => errorResponse("INVALID_REQUEST", "This is no address"),
    options.tls,
  );
  server.maxConnections = CONNECTIONS;
  try {
    await listen(server, options);
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  const { address, family, port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? "http" : "https";
  return {
    url: `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      await proxy.stop();
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(
  server: Server,
  { host = "localhost", port = DEFAULT_PORT }: ProxyServerOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

/** Answers with JSON. */
export function sendJson(
  res: ServerResponse,
  status: number,
  data: unknown,
  headers: Record<string, string> = {},
): void {
  res.writeHead(status, { ...headers, [HEADER.contentType]: "application/json" });
  res.end(JSON.stringify(data));
}

/** Answers with an error, as the proxy's own are. */
export function sendError(res: ServerResponse, status: number, code: string, message: string): void {
  sendJson(res, status, { error: { code, message } });
}
