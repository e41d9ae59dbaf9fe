/** The types of the AI SDK that this package speaks. The SDK is ESM only: users of the CommonJS build find them so, too. */

export type UIMessage = import("ai", { with: { "resolution-mode": "import" }}).UIMessage;

export type UIMessageChunk = import("ai", { with: { "resolution-mode": "import" }}).UIMessageChunk;

type Transport<T extends UIMessage> = import("ai", { with: { "resolution-mode": "import" }}).ChatTransport<T>;

/** What `useChat` asks of a transport. */
export type ChatTransport<T extends UIMessage> = Transport<T>;
