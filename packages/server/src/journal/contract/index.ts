/**
 * All that somebody needs who writes a log of their own: the contract, the records that it stores, and the states
 * that records change. `@perennial/testing` has the suites that hold an implementation to it.
 */
export { evolve, initialState } from "../../stream/evolve.ts";
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
  type ProducerState,
  type StreamState,
} from "../../stream/state.ts";
export { DamagedData, StreamRemoved } from "./errors.ts";
export {
  type Archive,
  type DuePage,
  type DuePlace,
  type Log,
  type LogFailure,
  type LogHealth,
  type LogListener,
  type LogMetrics,
  type PendingRecord,
  type Permit,
  READ_CHUNK_BYTES,
  type Recovery,
  type RecoveryTarget,
  type Soon,
} from "./log.ts";
