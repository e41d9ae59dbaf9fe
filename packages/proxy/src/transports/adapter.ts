/** A connection for the chat of TanStack AI. */
import { createAbortFn } from "../client/durable-fetch.ts";
import type { DurableResponse } from "../client/options.ts";
import type {
  ConnectionAdapterOptions,
  ConnectionAdapterResponse,
  DurableAdapterOptions,
} from "./options.ts";
import { absoluteUrl, bodyOf, durableFetchOf, headersOf, jsonEvents, requestIdOf } from "./send.ts";

/** What TanStack AI says of the run that a request is for. */
export interface RunContext {
  threadId?: string;
  runId?: string;
  parentRunId?: string;
  clientTools?: readonly unknown[];
  forwardedProps?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** Both forms of a connection: that of TanStack AI, and the one that takes the options of a request. */
export interface ConnectionAdapter<Chunk = unknown> {
  /** As TanStack AI connects: messages in, chunks out. */
  connect(
    messages: readonly unknown[],
    data?: Record<string, unknown>,
    abortSignal?: AbortSignal,
    runContext?: RunContext,
  ): AsyncIterable<Chunk>;
  /** As the official package connects. */
  connect(options: ConnectionAdapterOptions): Promise<ConnectionAdapterResponse>;
  /** Stops the latest request for all its readers. */
  abort(): Promise<void>;
}

const FAILED = "Request";

/**
 * A connection whose answers survive broken connections.
 *
 * @param apiUrl the chat's endpoint
 * @throws Error unless it is an absolute URL
 * @example
 * ```ts
 * import { createDurableAdapter } from "@perennial/proxy/transports";
 * const connection = createDurableAdapter("https://example.com/api/chat", {
 *   proxyUrl: "https://example.com/v1/proxy",
 *   proxyAuthorization: "a token from your server",
 * });
 * ```
 */
export function createDurableAdapter<Chunk = unknown>(
  apiUrl: string,
  options: DurableAdapterOptions,
): ConnectionAdapter<Chunk> {
  return new DurableAdapter<Chunk>(absoluteUrl(apiUrl, "apiUrl"), options);
}

class DurableAdapter<Chunk> implements ConnectionAdapter<Chunk> {
  readonly #apiUrl: string;
  readonly #options: DurableAdapterOptions;
  readonly #fetch;
  /** Where the latest response is. */
  #streamUrl: string | undefined;

  constructor(apiUrl: string, options: DurableAdapterOptions) {
    this.#apiUrl = apiUrl;
    this.#options = options;
    this.#fetch = durableFetchOf(options);
  }

  connect(
    messages: readonly unknown[],
    data?: Record<string, unknown>,
    abortSignal?: AbortSignal,
    runContext?: RunContext,
  ): AsyncIterable<Chunk>;
  connect(options: ConnectionAdapterOptions): Promise<ConnectionAdapterResponse>;
  connect(
    first: readonly unknown[] | ConnectionAdapterOptions,
    data?: Record<string, unknown>,
    abortSignal?: AbortSignal,
    runContext?: RunContext,
  ): AsyncIterable<Chunk> | Promise<ConnectionAdapterResponse> {
    return Array.isArray(first)
      ? this.#chunks(first, data, abortSignal, runContext)
      : this.#request(first as ConnectionAdapterOptions);
  }

  async abort(): Promise<void> {
    if (this.#streamUrl !== undefined) await createAbortFn(this.#streamUrl, this.#options.fetch)();
  }

  async *#chunks(
    messages: unknown[],
    data: Record<string, unknown> | undefined,
    signal: AbortSignal | undefined,
    run: RunContext = {},
  ): AsyncGenerator<Chunk> {
    const { threadId, runId, parentRunId, clientTools = [], headers } = run;
    const forwardedProps = { ...run.forwardedProps, ...data };
    const body = { threadId, runId, parentRunId, messages, tools: clientTools, context: [], state: {} };
    const requestId = runId ?? requestIdOf(this.#options, "tanstack", messages, data);
    const sent = { ...body, forwardedProps, data: forwardedProps };
    const response = await this.#send(this.#apiUrl, requestId, sent, { headers, signal });
    // `for await` of a stream, where browsers have none.
    const reader = jsonEvents<Chunk>(await bodyOf(response, FAILED)).getReader();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  async #request(options: ConnectionAdapterOptions): Promise<ConnectionAdapterResponse> {
    const { body = {} } = options;
    const given = typeof body === "string" ? (JSON.parse(body) as Record<string, unknown>) : body;
    const messages = Array.isArray(given.messages) ? given.messages : [];
    const requestId = requestIdOf(this.#options, "tanstack", messages, given.data);
    const url = options.url === undefined ? this.#apiUrl : new URL(options.url, this.#apiUrl).href;
    const response = await this.#send(url, requestId, { ...given, stream: true }, options);
    const stream = await bodyOf(response, FAILED);
    return { stream, headers: response.headers, status: response.status };
  }

  async #send(
    url: string,
    requestId: string,
    body: object,
    { headers, signal, method }: Pick<ConnectionAdapterOptions, "headers" | "signal" | "method">,
  ): Promise<DurableResponse> {
    const response = await this.#fetch(url, {
      ...{ requestId, headers: headersOf(this.#options, headers), body: JSON.stringify(body) },
      ...(method !== undefined && { method }),
      ...(signal !== undefined && { signal }),
    });
    this.#streamUrl = response.streamUrl;
    return response;
  }
}
