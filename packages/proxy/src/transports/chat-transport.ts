/** A transport for the chat of the Vercel AI SDK. */
import type { DurableResponse } from "../client/options.ts";
import { getDefaultStorage } from "../client/storage.ts";
import type {
  ChatTransportResponse,
  ChatTransportSendOptions,
  DurableChatTransportOptions,
} from "./options.ts";
import { absoluteUrl, bodyOf, durableFetchOf, headersOf, jsonEvents, requestIdOf } from "./send.ts";

/** What `useChat` sends. */
export interface SendMessagesOptions {
  trigger: "submit-message" | "regenerate-message";
  chatId: string;
  messageId: string | undefined;
  messages: unknown[];
  abortSignal: AbortSignal | undefined;
  headers?: Record<string, string> | Headers | undefined;
  body?: object | undefined;
  metadata?: unknown;
}

/** What `useChat` asks for when a page is there again. */
export interface ReconnectOptions {
  chatId: string;
  abortSignal?: AbortSignal | undefined;
  headers?: Record<string, string> | Headers | undefined;
  body?: object | undefined;
  metadata?: unknown;
}

/** Both forms of a transport: that of the AI SDK (`ChatTransport`), and `send` of the official package. */
export interface ChatTransport<Chunk = unknown> {
  /** A resumed response comes from its beginning. */
  readonly resumeStreamIsReplay: true;
  sendMessages(options: SendMessagesOptions): Promise<ReadableStream<Chunk>>;
  /** The response that was not read to its end; null if there is none. */
  reconnectToStream(options: ReconnectOptions): Promise<ReadableStream<Chunk> | null>;
  send(options: ChatTransportSendOptions): Promise<ChatTransportResponse>;
}

/** What is remembered of a chat whose response is not at its end. */
interface Pending {
  readonly requestId: string;
}

const FAILED = "Chat request";

/**
 * A chat whose answers survive reloads and broken connections. The endpoint answers with a UI message stream, as it does without a
 * proxy.
 *
 * @throws Error unless `api` is an absolute URL
 * @example
 * ```ts
 * import { createDurableChatTransport } from "@perennial/proxy/transports";
 * const transport = createDurableChatTransport({
 *   api: "https://example.com/api/chat",
 *   proxyUrl: "https://example.com/v1/proxy",
 *   proxyAuthorization: "a token from your server",
 * });
 * ```
 */
export function createDurableChatTransport<Chunk = unknown>(
  options: DurableChatTransportOptions,
): ChatTransport<Chunk> {
  const api = absoluteUrl(options.api, "api");
  const storage = options.storage ?? getDefaultStorage();
  const durableFetch = durableFetchOf({ ...options, storage });
  const keyOf = (chatId: string) => `${options.storagePrefix ?? "durable-streams:"}chat:${chatId}`;
  const ask = (requestId: string, headers: HeadersInit | undefined, body: object, signal?: AbortSignal) =>
    durableFetch(api, {
      ...{ requestId, headers: headersOf(options, headers), body: JSON.stringify(body) },
      ...(signal && { signal }),
    });
  const chunksOf = async (response: DurableResponse, chatId: string): Promise<ReadableStream<Chunk>> => {
    const chunks = jsonEvents<Chunk>(await bodyOf(response, FAILED));
    return chunks.pipeThrough(new TransformStream({ flush: () => storage.removeItem(keyOf(chatId)) }));
  };
  return {
    resumeStreamIsReplay: true,
    async sendMessages({ chatId, messages, messageId, trigger, headers, body, abortSignal }) {
      const requestId = requestIdOf(options, "chat", messages, body);
      storage.setItem(keyOf(chatId), JSON.stringify({ requestId } satisfies Pending));
      const sent = { ...body, id: chatId, messages, trigger, messageId };
      return chunksOf(await ask(requestId, headers, sent, abortSignal), chatId);
    },
    async reconnectToStream({ chatId, headers, abortSignal }) {
      const requestId = pendingOf(storage.getItem(keyOf(chatId)))?.requestId;
      if (requestId === undefined) return null;
      const response = await ask(requestId, headers, {}, abortSignal);
      return response.wasResumed ? chunksOf(response, chatId) : null;
    },
    async send({ messages, data, signal, headers, body }) {
      const requestId = requestIdOf(options, "chat", messages, data);
      const sent = { messages, ...(data !== undefined && { data }), ...body, stream: true };
      const response = await ask(requestId, headers, sent, signal);
      const stream = await bodyOf(response, FAILED);
      return { stream, headers: response.headers, status: response.status, wasResumed: wasResumed(response) };
    },
  };
}

/** Whether an answer is one that an earlier request had asked for. */
export function wasResumed(response: object): boolean {
  return (response as { readonly wasResumed?: unknown }).wasResumed === true;
}

function pendingOf(text: string | null): Pending | undefined {
  try {
    const value = JSON.parse(text ?? "null") as Partial<Pending> | null;
    return typeof value?.requestId === "string" ? { requestId: value.requestId } : undefined;
  } catch {
    return undefined;
  }
}
