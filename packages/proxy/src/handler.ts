/** The proxy for runtimes that have no Node below them, such as Workers. */
export type { FetchServer } from "./handler/backend.ts";
export type { ProxyLogger } from "./handler/logger.ts";
export type { Finished, ProxyHandlerOptions, UpstreamFetch, UpstreamInit } from "./handler/options.ts";
export type { ProxyHandler } from "./handler/proxy-handler.ts";

import type { ProxyHandlerOptions } from "./handler/options.ts";
import { createHandler, type ProxyHandler } from "./handler/proxy-handler.ts";

/**
 * A proxy as a fetch handler that uses web standards alone. Its `upstreamFetch` decides which addresses are connected to: give it one
 * whose network cannot reach what nobody is to ask, and let it not follow redirects.
 *
 * @throws TypeError for an option that is no good
 */
export function createProxyHandler(options: ProxyHandlerOptions): ProxyHandler {
  return createHandler(options);
}
