import type { MaybePromise } from "@perennial/client";
import type { UIMessage } from "../sdk-types.ts";
import type { ProgressStorage } from "./progress.ts";
import type { Resolvable } from "./resolvable.ts";

/** What the hooks are given of a request. */
interface RequestParts {
  /** The chat's id. */
  readonly id: string;
  readonly api: string;
  readonly requestMetadata: unknown;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;
  readonly credentials: RequestCredentials | undefined;
}

/** What a hook may change of a request. Headers and body that it gives are all there are. */
interface PreparedRequest {
  readonly api?: string | undefined;
  readonly headers?: HeadersInit | undefined;
  readonly credentials?: RequestCredentials | undefined;
}

/** Options of `createDurableChatTransport`. */
export interface DurableChatTransportOptions<UIMessageT extends UIMessage = UIMessage> {
  /** Where messages are posted to. Default `/api/chat`. */
  readonly api?: string | undefined;
  /** Where a running generation is asked for. Default `{api}/{chatId}/stream`. */
  readonly reconnectApi?: string | undefined;
  /** Where a stop is asked for. Default `{api}/{chatId}/stop`. */
  readonly stopApi?: string | undefined;
  /** Sent with every request, those to the stream included. A function is called for each. */
  readonly headers?: Resolvable<HeadersInit | undefined> | undefined;
  /** Added to the body of posted messages. */
  readonly body?: Resolvable<object | undefined> | undefined;
  /** For every request. Default: the browser's, `same-origin`. */
  readonly credentials?: Resolvable<RequestCredentials | undefined> | undefined;
  /** Used instead of the global `fetch`, for every request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The same as `fetch`, by its name in `@durable-streams/aisdk-transport`. */
  readonly fetchClient?: typeof globalThis.fetch | undefined;
  /** Changes the request that posts messages. */
  readonly prepareSendMessagesRequest?:
    | ((
        parts: RequestParts & {
          readonly messages: UIMessageT[];
          readonly trigger: "submit-message" | "regenerate-message";
          readonly messageId: string | undefined;
        },
      ) => MaybePromise<PreparedBody>)
    | undefined;
  /** Changes the request that asks for a running generation. */
  readonly prepareReconnectToStreamRequest?:
    | ((parts: RequestParts) => MaybePromise<PreparedRequest>)
    | undefined;
  /** Keeps what a page has seen over reloads, so that only what is new is read then: `sessionStorage`. Default: memory. */
  readonly storage?: ProgressStorage | undefined;
  /** Whether `stop()` of a chat stops the writer, for everybody, and not this reader alone. Default false. */
  readonly stopOnAbort?: boolean | undefined;
}

type PreparedBody = PreparedRequest & { readonly body: object };
