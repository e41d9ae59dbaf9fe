/**
 * What a subscription is: the outcome of all that was decided about it. Every value here is a row that survives a restart, and is
 * replaced, never changed (protocol §18).
 */

/** Chosen when it was made, and never altered. */
export interface Settings {
  /** As the client named it. */
  readonly id: string;
  /** All paths that it may have begin with this: `/v1/stream/`, or that of a service. */
  readonly scope: string;
  readonly type: "webhook" | "pull-wake";
  /** Relative to the stream root, as all paths below; slashes at the ends are gone. */
  readonly pattern: string | undefined;
  readonly url: string | undefined;
  readonly wakeStream: string | undefined;
  readonly leaseMs: number;
  readonly description: string | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Names all that was asked for at creation: the same again is confirmed, anything else a conflict. */
  readonly digest: string;
  /** Where workers reach the server: the origin under which whoever made the subscription did. */
  readonly origin: string;
}

/** A stream that a subscription is about, and how far its worker has come there. */
export interface Link {
  /** Relative to the stream root. */
  readonly path: string;
  /** The life of the stream; 0 while there is none at that path. */
  readonly streamId: number;
  /** All before this position was processed. -1: linked before its first data. */
  readonly acked: number;
  readonly isExplicit: boolean;
  readonly isGlob: boolean;
}

/** Where a stream ended when a wake began. */
export interface Mark {
  readonly path: string;
  readonly streamId: number;
  readonly tail: number;
}

/** A wake under way. */
export interface Wake {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The stream that it is told of. */
  readonly stream: string;
  /** What a webhook that answers `{"done":true}` has processed. Of a pull-wake nothing. */
  readonly marks: readonly Mark[];
  /** Failed deliveries in a row; of a pull-wake, how often it was written to the wake stream. */
  readonly attempts: number;
  /** When it is delivered, or written, next; undefined while a worker has it. Epoch milliseconds. */
  readonly nextAt: number | undefined;
  /** When its worker loses it, epoch milliseconds. */
  readonly leaseUntil: number | undefined;
  readonly holder: string | undefined;
  /** Whether a cursor has moved in it. */
  readonly hasMoved: boolean;
  /** Streams that were deleted while it was under way: what its worker says of them is about a life that is over. */
  readonly gone: readonly string[];
}

/** What went wrong last. */
export interface LastError {
  readonly at: number;
  readonly message: string;
}

/** What changes from wake to wake. */
export interface Progress {
  /** Of the last wake: each has one more. */
  readonly generation: number;
  readonly wake: Wake | undefined;
  /** Wakes in a row that ended without any cursor having moved. */
  readonly idleWakes: number;
  /** No wake begins before, epoch milliseconds. */
  readonly notBefore: number | undefined;
  /** Given up: it waits for news, or for somebody who sends it again. */
  readonly isParked: boolean;
  readonly lastError: LastError | undefined;
  /** Since when links had no room: streams that changed after it are looked for again. Epoch milliseconds. */
  readonly missedSince: number | undefined;
}

/** A wake that was given up. Its streams stay pending. */
export interface DeadLetter {
  readonly wakeId: string;
  readonly generation: number;
  readonly startedAt: number;
  readonly deadAt: number;
  readonly attempts: number;
  readonly error: string;
  readonly stream: string;
  readonly streams: number;
}

export const NEW_PROGRESS: Progress = {
  ...{ generation: 0, wake: undefined, idleWakes: 0, notBefore: undefined },
  ...{ isParked: false, lastError: undefined, missedSince: undefined },
};

/** Whether a stream that ends at `tail` has news behind the cursor. An empty one has none. */
export function isPending({ acked }: Pick<Link, "acked">, tail: number): boolean {
  return tail > Math.max(acked, 0);
}
