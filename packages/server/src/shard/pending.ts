import type { Settlement, Stream } from "../catalog/stream.ts";
import type { LogFailure, PendingRecord } from "../journal/contract/index.ts";
import type { StreamRecord } from "../stream/records.ts";
import type { Before } from "../stream/restore.ts";
import type { StreamState } from "../stream/state.ts";

const NONE: readonly never[] = [];

/** A record that was accepted, with all that is needed to publish it or to take it back. */
export class Pending implements PendingRecord, Settlement {
  readonly record: StreamRecord;
  readonly stream: Stream;
  /** What the record changed in `stream.state`; undefined for the record that creates it. */
  readonly before: Before | undefined;
  /** Sources of forks that the record changed, too. */
  readonly otherStreams: readonly Stream[];
  readonly othersBefore: readonly Before[];
  readonly others: readonly StreamState[];
  readonly settled: Promise<LogFailure | undefined>;
  #resolve!: (failure: LogFailure | undefined) => void;

  constructor(
    record: StreamRecord,
    stream: Stream,
    before: Before | undefined,
    otherStreams: readonly Stream[] = NONE,
    othersBefore: readonly Before[] = NONE,
  ) {
    this.record = record;
    this.stream = stream;
    this.before = before;
    this.otherStreams = otherStreams;
    this.othersBefore = othersBefore;
    this.others = otherStreams.length === 0 ? NONE : otherStreams.map((other) => other.state);
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get state(): StreamState {
    return this.stream.state;
  }

  /** Tells whoever waits what became of the record. */
  settle(failure: LogFailure | undefined): void {
    this.#resolve(failure);
  }
}
