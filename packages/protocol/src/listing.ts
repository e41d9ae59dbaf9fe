/** A stream as the list of streams describes it: an extension of Perennial's server (docs/extensions.md). */
export interface ListedStream {
  /** Canonical, percent-encoded, relative to the stream root. */
  readonly path: string;
  readonly contentType: string;
  /** The tail. */
  readonly offset: string;
  /** Stored bytes, inherited ones included. */
  readonly size: number;
  readonly closed: boolean;
  /** RFC 3339, like all times here. */
  readonly createdAt: string;
  readonly lastAppendAt: string;
  /** The most stored bytes it may hold, inherited ones included; absent without a limit. */
  readonly maxBytes?: number | undefined;
  readonly ttlSeconds?: number | undefined;
  readonly expiresAt?: string | undefined;
  readonly forkedFrom?: { readonly path: string; readonly offset: string } | undefined;
}

/** One page of the list. */
export interface ListedPage {
  readonly streams: readonly ListedStream[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string | undefined;
}

/** What changed in the list. */
export interface ListedChanges {
  /** Where to go on: the next question's `since`. */
  readonly cursor: string;
  /** Nobody knows what changed: ask for all of the list, and go on from `cursor`. */
  readonly reset?: true;
  /** Streams that are new or changed, as they are now. */
  readonly streams: readonly ListedStream[];
  /** Paths of streams that are gone. */
  readonly removed: readonly string[];
}
