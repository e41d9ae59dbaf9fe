export {
  type ConnectionAdapter,
  createDurableAdapter,
  type RunContext,
} from "./transports/adapter.ts";
export {
  type ChatTransport,
  createDurableChatTransport,
  type ReconnectOptions,
  type SendMessagesOptions,
  wasResumed,
} from "./transports/chat-transport.ts";
export type {
  BaseDurableTransportOptions,
  ChatTransportResponse,
  ChatTransportSendOptions,
  ConnectionAdapterOptions,
  ConnectionAdapterResponse,
  DurableAdapterOptions,
  DurableChatTransportOptions,
} from "./transports/options.ts";
