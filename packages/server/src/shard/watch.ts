import type { Stream } from "../catalog/stream.ts";
import type { AppendRecord } from "../stream/records.ts";
import type { StreamState } from "../stream/state.ts";
import type { Pending } from "./pending.ts";

/**
 * Whoever has to know of each append before it is written, so that what they write of it comes first in the log: then
 * no crash can leave the append without it.
 */
export interface StreamWatch {
  /**
   * Data is about to be accepted, or a stream to be created. May write rows, and nothing else.
   *
   * @param state of the stream; of one that is being created, as it will be
   * @param from where the data begins
   * @returns whether somebody watches the stream: then `onDurable` is called for it
   */
  beforeAppend(state: StreamState, from: number): boolean;
  beforeCreate(state: StreamState): boolean;
  /** The deletion was accepted: what is written now comes after it in the log. */
  afterDelete(state: StreamState): void;
  /** A record is lost: what was derived from it is taken back. Those accepted after it were lost before. */
  onLost(pending: Pending): void;
  /** What was appended can be read. Called from inside the log's own callback: takes note, and no more. */
  onDurable(stream: Stream): void;
}

/** Before the record is accepted: a close without data is no news. */
export function noticeAppend(watch: StreamWatch | undefined, stream: Stream, record: AppendRecord): void {
  if (watch !== undefined && record.data.byteLength > 0)
    stream.isWatched = watch.beforeAppend(stream.state, record.position);
}
