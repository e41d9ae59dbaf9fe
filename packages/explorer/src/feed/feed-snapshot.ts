/** What a feed shows, and what it needs. */
import type { Row, RowKind } from "./cut-rows.ts";

/**
 * - `connecting`: nothing has arrived
 * - `catching-up`: on the way to the tail
 * - `live`: at the tail, connected
 * - `reconnecting`: the connection is lost, and tried again
 * - `paused`: by the reader
 * - `closed`: the stream is closed, and all of it is here
 * - `gone`: there is no such stream
 * - `failed`: the server refuses; see `failure`
 */
export type FeedStatus =
  | "connecting"
  | "catching-up"
  | "live"
  | "reconnecting"
  | "paused"
  | "closed"
  | "gone"
  | "failed";

/** What the page shows. A new object for every change. */
export interface FeedSnapshot {
  readonly status: FeedStatus;
  readonly contentType: string | undefined;
  readonly kind: RowKind;
  /** Rows so far, with one that is not complete (a line without its end). */
  readonly rowCount: number;
  /** Stored bytes so far. */
  readonly end: number;
  /** The newest rows, while the way to them is long; none otherwise. */
  readonly preview: readonly Row[];
  /** Stored bytes of the stream, as far as is known while there is a preview. */
  readonly tail: number;
  /** Connections lost and found again. */
  readonly reconnects: number;
  readonly failure: string | undefined;
}

/** What a feed needs from outside. */
export interface FeedSources {
  readonly fetch: typeof fetch;
  /** Calls back before the page is drawn the next time. */
  readonly schedule: (callback: () => void) => void;
  /** Resolves when the page has had a chance to be drawn. */
  readonly yieldToPage: () => Promise<void>;
  /** A clock, ms. */
  readonly now: () => number;
}

/** Before anything has arrived. */
export const NOTHING_YET: FeedSnapshot = {
  status: "connecting",
  contentType: undefined,
  kind: "binary",
  rowCount: 0,
  end: 0,
  preview: [],
  tail: 0,
  reconnects: 0,
  failure: undefined,
};
