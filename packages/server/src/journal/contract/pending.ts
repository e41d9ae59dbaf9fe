/** Records on their way, and what becomes of them. */
import type { StreamRecord } from "../../stream/records.ts";
import type { StreamState } from "../../stream/state.ts";

/** A record on its way to the disk. Whoever appends it adds what is to be done when it settles. */
export interface PendingRecord {
  readonly record: StreamRecord;
  /**
   * The state of the record's own stream, changed by it already. A checkpoint writes it as it is then; the log
   * never changes it.
   */
  readonly state: StreamState;
  /** The states of other streams that the record changed: the sources of forks. */
  readonly others: readonly StreamState[];
}

/** Why records could not be made durable. */
export type LogFailure =
  /** The disk is full. Later appends may succeed once there is room again. */
  | { readonly kind: "full"; readonly cause: Error }
  /** A write or flush failed: nothing will be written until the process is restarted. */
  | { readonly kind: "failed"; readonly cause: Error }
  /** Their place is taken by records of somebody else, who owns the log now; those are applied after this. */
  | { readonly kind: "taken"; readonly cause: Error };

/**
 * Hears what becomes of records. Called once for each record, in the order of `append`, with the very objects that
 * `append` was given. Must not throw.
 */
export interface LogListener {
  /** The batch is durable. The array is reused after the call returns. */
  onDurable(batch: readonly PendingRecord[]): void;
  /** These records, in order of `append`, and none after them, are lost; the log holds no trace of them. */
  onFailed(batch: readonly PendingRecord[], failure: LogFailure): void;
  /** More states are in the archive now, so that some may be dropped from memory. Called while opening, too. */
  onArchived(): void;
}
