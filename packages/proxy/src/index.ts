export { createAllowlistValidator, validateUpstreamUrl } from "./core/allowlist.ts";
export {
  extractBearerToken,
  generateCreateToken,
  generatePreSignedUrl,
  type PreSignedUrlResult,
  type ServiceJwtResult,
  validatePreSignedUrl,
  validateServiceJwt,
} from "./core/signing.ts";
export { filterHeadersForUpstream, HOP_BY_HOP_HEADERS } from "./core/upstream-headers.ts";
export type { Outcome } from "./core/words.ts";
export type { FetchServer } from "./handler/backend.ts";
export type { ProxyLogger } from "./handler/logger.ts";
export type { Finished } from "./handler/options.ts";
export type { ProxyHandler } from "./handler/proxy-handler.ts";
export type { TlsOptions } from "./node/listener.ts";
export {
  createProxyHandler,
  createProxyServer,
  DEFAULT_PORT,
  type ProxyOptions,
  type ProxyServer,
  type ProxyServerOptions,
  sendError,
  sendJson,
} from "./node/proxy-server.ts";

/** A response that is being fetched. */
export interface UpstreamConnection {
  abortController: AbortController;
  streamId: string;
  /** Ms since 1970. */
  startedAt: number;
}
