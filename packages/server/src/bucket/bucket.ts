/**
 * All that we ask of object storage: objects under keys in one bucket, durable once a put is answered, and seen by every
 * later get and list. `s3/` is the one over HTTP.
 *
 * Keys are `/`-separated, of up to 1,024 bytes. Every call ends: implementations limit time and repetitions.
 */
import type { Rejected } from "@perennial/protocol";

/** Why a bucket did not do what it was asked. */
export interface BucketProblem {
  /**
   * - `denied`: credentials are wrong, or may not do this
   * - `missing`: there is no such bucket
   * - `unreachable`: nobody answers, or too slowly, or answers that they cannot, however often asked
   * - `unusable`: an answer that no such service gives, or one that is longer than allowed
   */
  readonly reason: "denied" | "missing" | "unreachable" | "unusable";
  /** What happened and what to do, for a person. Holds no secret. */
  readonly message: string;
}

/** The object is durable. */
export interface Stored {
  readonly kind: "stored";
}

/** There is an object under this key. It may be one's own: of a put whose answer was lost, and which was repeated. */
export interface Taken {
  readonly kind: "taken";
}

export interface Found {
  readonly kind: "found";
  readonly bytes: Buffer;
}

export interface NotFound {
  readonly kind: "not-found";
}

export interface Deleted {
  readonly kind: "deleted";
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Some objects, by key ascending. */
export interface ListedObjects {
  readonly kind: "listed";
  readonly objects: readonly ListedObject[];
  /** Whether there are more behind the last one. */
  readonly isMore: boolean;
}

export interface GetOptions {
  /** A longer answer is refused. */
  readonly maxBytes: number;
  /** Only `count` bytes from `from` on, or as many as there are. Default: the whole object. */
  readonly range?: { readonly from: number; readonly count: number };
}

export interface Bucket {
  /** Stores an object, in place of what is there. */
  put(key: string, bytes: Uint8Array): Promise<Stored | Rejected<BucketProblem>>;
  /** Stores an object unless there is one under this key. Of those who try at the same time one succeeds. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<Stored | Taken | Rejected<BucketProblem>>;
  get(key: string, options: GetOptions): Promise<Found | NotFound | Rejected<BucketProblem>>;
  /** Up to 1,000 objects whose keys begin with `prefix` and come after `after`. */
  list(prefix: string, after?: string): Promise<ListedObjects | Rejected<BucketProblem>>;
  /** Deletes an object, if it is there. */
  delete(key: string): Promise<Deleted | Rejected<BucketProblem>>;
  /** Gives up the connections that are kept. */
  close(): void;
}
