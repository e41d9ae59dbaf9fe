export {
  type DurableStreamTarget,
  GenerationTakenError,
  requestStop,
  type StopResult,
  type WaitUntil,
} from "@perennial/ai";
export type { DurableChatTransportOptions } from "./client/options.ts";
export type { ProgressStorage } from "./client/progress.ts";
export { createDurableChatTransport, type DurableChatTransport } from "./client/transport.ts";
export {
  type ToDurableStreamResponseMode,
  type ToDurableStreamResponseOptions,
  toDurableStreamResponse,
} from "./server/response.ts";
export { uiMessageFormat } from "./ui-messages.ts";
