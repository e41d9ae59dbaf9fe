import type { NextEpoch } from "./epoch.ts";

/** What is stored under one number. */
export interface Batch {
  /** Absent only in a closing request. */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** Closes the stream. */
  readonly closes?: boolean;
  /** An earlier attempt, under the number that comes next, may have been stored. */
  readonly maybeStored?: boolean;
}

export interface Flight {
  readonly batch: Batch;
  readonly epoch: number;
  readonly seq: number;
  /** Failed attempts that are to be repeated. */
  readonly attempts: number;
  /** Whether an attempt, whose answer was lost, may have been stored. */
  readonly maybeStored: boolean;
}

/** What a request came to. */
export type Outcome =
  /** `highest`: the server had it before, and this is the highest number it has, where it says so. */
  | {
      readonly type: "stored";
      readonly offset: string;
      readonly duplicate: boolean;
      readonly highest?: number | undefined;
    }
  /**
   * `retryAfterMs`: how long the server asks to wait, in ms; 0 if it does not. `refused`: the server surely stored
   * nothing.
   */
  | {
      readonly type: "retry";
      readonly error: unknown;
      readonly retryAfterMs: number;
      readonly refused?: boolean;
    }
  | { readonly type: "gap"; readonly expected: number; readonly received: number }
  | { readonly type: "fenced"; readonly currentEpoch: number }
  | { readonly type: "refused"; readonly error: unknown };

/** An outcome that stored something. */
export type Stored = Extract<Outcome, { type: "stored" }>;

/** What `settle` decided. */
export type Settled =
  | { readonly type: "stored" | "wait" | "held" }
  /** `dropped`: batches that will not be stored, the flight among them. */
  | { readonly type: "failed"; readonly error: unknown; readonly dropped: number };

/** What a queue is told. */
export interface QueueOptions {
  /** The first epoch. */
  readonly epoch: number;
  readonly autoClaim: boolean;
  readonly maxInFlight: number;
  /** Count every duplicate as stored. Default false */
  readonly replay?: boolean;
  /** How later epochs are chosen. */
  readonly nextEpoch: NextEpoch;
  /** Whether nobody else can have one of its epochs. */
  readonly isSole: boolean;
}
