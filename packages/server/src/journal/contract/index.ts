/**
 * All that somebody needs who writes a log of their own: the contract, the records that it stores, and the states
 * that records change. `@perennial/testing` has the suites that hold an implementation to it.
 */
export { evolve, initialState } from "../../stream/evolve.ts";
export type { ProducerState } from "../../stream/known-producers.ts";
export { comparePaths, PATH_BYTES_MAX } from "../../stream/paths.ts";
export {
  type AppendRecord,
  type CreateRecord,
  changedIds,
  type DeleteRecord,
  NO_BYTES,
  type ProducerTuple,
  type RenewRecord,
  type StoredBytes,
  type StreamRecord,
} from "../../stream/records.ts";
export {
  type ClosingTuple,
  type ForkOrigin,
  type Life,
  ownStart,
  type StreamState,
} from "../../stream/state.ts";
export type { RecordTarget, Recovery } from "./apply.ts";
export type { Archive, DuePage, DuePlace, PathsPage } from "./archive.ts";
export { AppendRefused, DamagedData, StreamRemoved } from "./errors.ts";
export {
  type Log,
  type LogHealth,
  type LogMetrics,
  type Permit,
  READ_CHUNK_BYTES,
  type Soon,
} from "./log.ts";
export type { LogFailure, LogListener, PendingRecord } from "./pending.ts";
