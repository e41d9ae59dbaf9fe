export { GenerationTakenError, type StopResult, type WaitUntil } from "@perennial/ai";
export type { ChatActor } from "./actor.ts";
export { createDurableChat, type DurableChat, type DurableChatOptions } from "./chat/durable-chat.ts";
export type { Delivery } from "./chat/outbox.ts";
export type { PresentPerson } from "./chat/presence.ts";
export type {
  ChatMessage,
  ChatStatus,
  DurableChatState,
  PendingApproval,
  RunningAnswer,
} from "./chat/state.ts";
export {
  type ConnectionStatus,
  type DurableSessionConnection,
  type DurableStreamConnection,
  type DurableStreamConnectionOptions,
  durableStreamConnection,
} from "./client/connection.ts";
export type { HydrationWindow, SessionHydration } from "./client/hydrate.ts";
export type { RunContext } from "./client/send.ts";
export {
  materializeSnapshotFromDurableStream,
  type SessionSnapshot,
  type SnapshotOptions,
} from "./client/snapshot.ts";
export { aguiFormat, sanitizeChunkForStorage, WRITER_GONE } from "./format.ts";
export { compactDurableChatSession } from "./server/compact.ts";
export { toMessageEchoChunks } from "./server/echo.ts";
export type { AgentTurn, ChatAgent } from "./server/route/agent.ts";
export type { DurableChatRouteOptions, OpenedSession } from "./server/route/options.ts";
export { durableChatRoute } from "./server/route/route.ts";
export { requestRunStop } from "./server/run-stop.ts";
export {
  type ToDurableChatSessionResponseOptions,
  toDurableChatSessionResponse,
} from "./server/session-response.ts";
export {
  appendSanitizedChunksToStream,
  ensureDurableChatSessionStream,
  pipeSanitizedChunksToStream,
} from "./server/session-stream.ts";
export { type ToDurableStreamResponseOptions, toDurableStreamResponse } from "./server/stream-response.ts";
export type { DurableChatSessionStreamTarget, DurableStreamTarget } from "./server/target.ts";
export { endVanishedRuns } from "./server/vanished.ts";
export type { Compacted } from "./session/compact.ts";
export type { ApprovalDecision, BrokenEnd } from "./session/marks.ts";
export type { DurableSessionMessage, DurableSessionMessagePart, TanStackChunk } from "./types.ts";
