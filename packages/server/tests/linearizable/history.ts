/**
 * What concurrent clients wrote down about one stream: when each operation began and ended, and what came of it.
 * Times come from one clock that never stands still; `end` is Infinity where the answer never came, so that the
 * operation may take effect at any time after `start`, or never.
 */
export type Operation = AppendOperation | ReadOperation;

interface Times {
  readonly client: string;
  readonly start: number;
  readonly end: number;
}

/** One append of a token that no other append has. */
export interface AppendOperation extends Times {
  readonly kind: "append";
  readonly token: string;
  /** `stored`: acknowledged, also as a repeat. `refused`: a definite no. `unknown`: no answer. */
  readonly outcome: "stored" | "refused" | "unknown";
  /** What the answer said the tail was, if it did. */
  readonly tail?: number;
}

/** A read of the whole stream, or of what a live reader has been given so far. */
export interface ReadOperation extends Times {
  readonly kind: "read";
  readonly content: string;
}

/** The operations of one stream in the order in which they were begun. */
export class History {
  readonly operations: Operation[] = [];
  #clock = 0;

  /** The next moment. */
  tick(): number {
    this.#clock += 1;
    return this.#clock;
  }

  add(operation: Operation): void {
    this.operations.push(operation);
  }
}
