export { requestStop, type StopResult } from "@perennial/ai";
export type { DurableChatTransportOptions } from "./client/options.ts";
export type { ProgressStorage } from "./client/progress.ts";
export { createDurableChatTransport, type DurableChatTransport } from "./client/transport.ts";
export {
  type DurableStreamTarget,
  GenerationTakenError,
  type ToDurableStreamResponseMode,
  type ToDurableStreamResponseOptions,
  toDurableStreamResponse,
} from "./server/response.ts";
export type { WaitUntil } from "./server/wait-until.ts";
export { uiMessageFormat } from "./ui-messages.ts";
