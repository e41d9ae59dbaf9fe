export { Folded, foldChunks } from "./fold/folded.ts";
export { type ChunkFormat, leaseFrom, type WriterNote } from "./format.ts";
export type { ClaimProblem, Rejected } from "./generation/claim.ts";
export { type Guarded, guardGeneration } from "./generation/guard.ts";
export { LINGER_MS, PromptAppends } from "./generation/prompt-appends.ts";
export { type GenerationBatch, type ReadOptions, readGeneration } from "./generation/read.ts";
export { drain, type Source, type SourceContext, type SourceEnd } from "./generation/source.ts";
export { endVanished, type StartOptions, startGeneration, takeOver, VANISHED } from "./generation/start.ts";
export { hearStops, requestStop, type StopResult } from "./generation/stop.ts";
export { type GenerationTarget, isMissing } from "./generation/target.ts";
export { defaultErrorText, type Generation, type Outcome, type WriteOptions } from "./generation/writer.ts";
export { passRead } from "./respond/pass-read.ts";
export {
  type DurableStreamTarget,
  GenerationTakenError,
  type RespondOptions,
  type ResponseMode,
  respondWithGeneration,
} from "./respond/respond.ts";
export { keepAlive, type WaitUntil } from "./respond/wait-until.ts";
export { batchesOf } from "./session/batches.ts";
export { type ForkedSession, forkSession } from "./session/fork.ts";
export {
  appendToSession,
  followSession,
  openSession,
  readSession,
  type SessionState,
} from "./session/session.ts";
export {
  type AnswerEnd,
  EMPTY_SESSION,
  type RunningAnswer,
  type SessionEntry,
  type SessionMessage,
  type SessionView,
  withEntry,
} from "./session/view.ts";
