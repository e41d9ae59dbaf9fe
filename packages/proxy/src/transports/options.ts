import type { DurableStorage } from "../client/storage.ts";

/** What all transports take. */
export interface BaseDurableTransportOptions {
  /** Where the proxy is, such as `https://example.com/v1/proxy`. */
  proxyUrl: string;
  /** The service secret or, in browsers, a token for creating. */
  proxyAuthorization: string;
  storage?: DurableStorage | undefined;
  storagePrefix?: string | undefined;
  /** Names a request, so that it can be found again after a reload. Default: a name that no other request has. */
  getRequestId?: ((messages: unknown[], data?: unknown) => string) | undefined;
  /** Sent to the API with every request. */
  headers?: Record<string, string> | (() => Record<string, string>) | undefined;
  fetch?: typeof globalThis.fetch | undefined;
}

/** Options of `createDurableChatTransport`. */
export interface DurableChatTransportOptions extends BaseDurableTransportOptions {
  /** The chat's endpoint, an absolute URL. */
  api?: string | undefined;
}

/** Options of `createDurableAdapter`. */
export type DurableAdapterOptions = BaseDurableTransportOptions;

/** What `send` takes. */
export interface ChatTransportSendOptions {
  messages: unknown[];
  data?: unknown;
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
  body?: Record<string, unknown> | undefined;
}

/** What `send` gives. */
export interface ChatTransportResponse {
  stream: ReadableStream<Uint8Array>;
  headers: Headers;
  status: number;
  wasResumed?: boolean;
}

/** A request of an adapter, as official code makes it. */
export interface ConnectionAdapterOptions {
  /** Default: the URL that the adapter was made for. */
  url?: string | undefined;
  method?: string | undefined;
  body?: string | Record<string, unknown> | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

/** What comes of it. */
export interface ConnectionAdapterResponse {
  stream: ReadableStream<Uint8Array>;
  headers: Headers;
  status: number;
}
