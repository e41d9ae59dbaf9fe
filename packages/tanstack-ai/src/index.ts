export { GenerationTakenError, type StopResult, type WaitUntil } from "@perennial/ai";
export {
  type ConnectionStatus,
  type DurableSessionConnection,
  type DurableStreamConnection,
  type DurableStreamConnectionOptions,
  durableStreamConnection,
} from "./client/connection.ts";
export type { RunContext } from "./client/send.ts";
export {
  materializeSnapshotFromDurableStream,
  type SessionSnapshot,
  type SnapshotOptions,
} from "./client/snapshot.ts";
export { aguiFormat, sanitizeChunkForStorage, WRITER_GONE } from "./format.ts";
export { compactDurableChatSession } from "./server/compact.ts";
export { toMessageEchoChunks } from "./server/echo.ts";
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
export type { DurableSessionMessage, DurableSessionMessagePart, TanStackChunk } from "./types.ts";
