import { CONTENT_TYPE } from "@perennial/protocol";
import type { ChatTransport, UIMessage, UIMessageChunk } from "../sdk-types.ts";
import { chatRoute, streamAddress, streamNamedBy } from "./addresses.ts";
import type { DurableChatTransportOptions } from "./options.ts";
import { ProgressBook } from "./progress.ts";
import { readChunks } from "./read-chunks.ts";
import { mergedHeaders, resolved } from "./resolvable.ts";

/** A transport of the AI SDK's chats whose answers survive reloads and lost connections. */
export interface DurableChatTransport<UIMessageT extends UIMessage = UIMessage>
  extends ChatTransport<UIMessageT> {
  /** A resumed generation is given from its first chunk on. */
  readonly resumeStreamIsReplay: true;
  /** Asks the writer of a chat's running generation to stop, wherever it runs. Rejects when the route refuses. */
  stop(options: { readonly chatId: string; readonly reason?: string }): Promise<void>;
}

type SendOptions<T extends UIMessage> = Parameters<ChatTransport<T>["sendMessages"]>[0];
type ReconnectOptions<T extends UIMessage> = Parameters<ChatTransport<T>["reconnectToStream"]>[0];

const JSON_BODY = { [CONTENT_TYPE]: "application/json" };

/** A request that is ready. */
interface ReadyRequest {
  readonly api: string;
  readonly headers: Record<string, string>;
  readonly credentials: RequestCredentials | undefined;
}

/**
 * A transport for `useChat` that reads answers from durable streams. Its options are those of the SDK's own
 * `DefaultChatTransport`, and of `@durable-streams/aisdk-transport`.
 *
 * @example
 * ```ts
 * import { createDurableChatTransport } from "@perennial/ai-sdk";
 * const transport = createDurableChatTransport({ api: "/api/chat", storage: sessionStorage });
 * // useChat({ id, transport, resume: true })
 * ```
 */
export function createDurableChatTransport<UIMessageT extends UIMessage = UIMessage>(
  options: DurableChatTransportOptions<UIMessageT> = {},
): DurableChatTransport<UIMessageT> {
  return new Transport(options);
}

class Transport<UIMessageT extends UIMessage> implements DurableChatTransport<UIMessageT> {
  readonly resumeStreamIsReplay = true;
  readonly #options: DurableChatTransportOptions<UIMessageT>;
  readonly #api: string;
  readonly #book: ProgressBook;

  constructor(options: DurableChatTransportOptions<UIMessageT>) {
    this.#options = options;
    this.#api = options.api ?? "/api/chat";
    this.#book = new ProgressBook(options.storage);
  }

  async sendMessages(request: SendOptions<UIMessageT>): Promise<ReadableStream<UIMessageChunk>> {
    const { chatId, messages, trigger, messageId, abortSignal } = request;
    const extra = { ...(await resolved(this.#options.body)), ...request.body } as Record<string, unknown>;
    const base = await this.#request(this.#api, request.headers);
    const prepared = await this.#options.prepareSendMessagesRequest?.({
      ...{ ...base, id: chatId, messages, trigger, messageId, body: extra },
      requestMetadata: request.metadata,
    });
    const ready = readyRequest(base, prepared);
    const response = await this.#fetch(ready.api, {
      ...init(ready, abortSignal),
      method: "POST",
      headers: mergedHeaders(JSON_BODY, ready.headers),
      body: JSON.stringify(prepared?.body ?? { ...extra, id: chatId, messages, trigger, messageId }),
    });
    await demandOk(response);
    return this.#read(response, ready, { chatId, abortSignal, resumes: false });
  }

  async reconnectToStream(
    request: ReconnectOptions<UIMessageT>,
  ): Promise<ReadableStream<UIMessageChunk> | null> {
    const { chatId } = request;
    // Newer versions of the SDK pass it, older ones do not have it in their types.
    const { abortSignal } = request as { readonly abortSignal?: AbortSignal };
    const body = { ...(await resolved(this.#options.body)), ...request.body } as Record<string, unknown>;
    const base = await this.#request(this.#api, request.headers);
    const prepared = await this.#options.prepareReconnectToStreamRequest?.({
      ...{ ...base, id: chatId, body },
      requestMetadata: request.metadata,
    });
    const route = prepared?.api ?? this.#options.reconnectApi ?? chatRoute(this.#api, chatId, "stream");
    const ready = readyRequest({ ...base, api: route }, prepared);
    const response = await this.#fetch(ready.api, init(ready, abortSignal));
    if (response.status === 204) return null;
    await demandOk(response);
    return this.#read(response, ready, { chatId, abortSignal, resumes: true });
  }

  async stop({ chatId, reason }: { readonly chatId: string; readonly reason?: string }): Promise<void> {
    const route = this.#options.stopApi ?? chatRoute(this.#api, chatId, "stop");
    const ready = await this.#request(route, undefined);
    const response = await this.#fetch(route, {
      ...init(ready, undefined),
      method: "POST",
      headers: mergedHeaders(JSON_BODY, ready.headers),
      body: JSON.stringify({ id: chatId, ...(reason === undefined ? {} : { reason }) }),
      // A page that is being left may stop its answer.
      keepalive: true,
    });
    await demandOk(response);
  }

  async #request(api: string, ofCall: HeadersInit | undefined): Promise<ReadyRequest> {
    const headers = mergedHeaders(await resolved(this.#options.headers), ofCall);
    return { api, headers, credentials: await resolved(this.#options.credentials) };
  }

  /** Looked up at each call: other libraries may have put theirs in its place. */
  #fetch(url: string | URL | Request, request?: RequestInit): Promise<Response> {
    return (this.#options.fetch ?? this.#options.fetchClient ?? globalThis.fetch)(url, request);
  }

  async #read(
    response: Response,
    { api, credentials, headers }: ReadyRequest,
    call: {
      readonly chatId: string;
      readonly abortSignal: AbortSignal | undefined;
      readonly resumes: boolean;
    },
  ): Promise<ReadableStream<UIMessageChunk>> {
    const { chatId, abortSignal, resumes } = call;
    const url = streamAddress(await streamNamedBy(response), response.url, api);
    if (this.#options.stopOnAbort)
      abortSignal?.addEventListener("abort", () => void this.stop({ chatId }).catch(console.warn), {
        once: true,
      });
    const fetch: typeof globalThis.fetch = (input, request) =>
      this.#fetch(input as string | URL | Request, {
        ...request,
        ...(credentials === undefined ? {} : { credentials }),
        headers: mergedHeaders(headers, request?.headers),
      });
    return readChunks({ target: { url, fetch }, book: this.#book, resumes, signal: abortSignal });
  }
}

function readyRequest(
  base: ReadyRequest,
  prepared:
    | {
        readonly api?: string | undefined;
        readonly headers?: HeadersInit | undefined;
        readonly credentials?: RequestCredentials | undefined;
      }
    | undefined,
): ReadyRequest {
  return {
    api: prepared?.api ?? base.api,
    headers: prepared?.headers === undefined ? base.headers : mergedHeaders(prepared.headers),
    credentials: prepared?.credentials ?? base.credentials,
  };
}

function init({ headers, credentials }: ReadyRequest, signal: AbortSignal | undefined): RequestInit {
  return {
    headers,
    ...(credentials === undefined ? {} : { credentials }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function demandOk(response: Response): Promise<void> {
  if (response.ok) return;
  const text = await response.text();
  throw new Error(text || `HTTP error! status: ${response.status} ${response.statusText}`);
}
