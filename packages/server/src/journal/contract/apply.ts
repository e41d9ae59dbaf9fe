/** Records that come from the log: what was written before it was opened, and what others write from then on. */
import type { StreamRecord } from "../../stream/records.ts";
import type { StreamState } from "../../stream/state.ts";

/**
 * What records are applied to. Opening a log starts the stream of them, with what was written after the last checkpoint. A
 * log that somebody else owns goes on for ever with what they write; the one that owns it brings no more.
 */
export interface RecordTarget {
  /**
   * Applies a durable record, in the order of the log. `applies(id)` tells whether the state of that stream does not
   * hold the record yet (a checkpoint may have stored it later than others). Returns the states that the record
   * changed, without those that it does not apply to.
   */
  apply(record: StreamRecord, applies: (id: number) => boolean): readonly StreamState[];
  /** Those applied so far may be shown to readers. Called after `open`, when a batch of somebody else's was applied. */
  onApplied(): void;
}

/** What was found when the log was opened. */
export interface Recovery {
  /** Live and soft-deleted streams. */
  readonly streams: number;
  /** Records applied on top of the last checkpoint. */
  readonly records: number;
  /** Bytes of the log that were read. */
  readonly bytes: number;
  /** Whether the log ended in a record that was cut off by a crash. */
  readonly tornTail: boolean;
  readonly elapsedMs: number;
  /** Ids up to and including this one have been used. */
  readonly lastId: number;
  /** Names this store for as long as its data lives; part of every ETag. */
  readonly storeId: string;
}
