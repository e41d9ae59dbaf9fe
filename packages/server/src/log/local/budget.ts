/**
 * How much may be accepted that the archive does not hold yet: the bound of the memory for it.
 *
 * A checkpoint frees its part of the log all at once, at its end. If appends could use up what is left of the budget
 * before that, they would all have to wait for the end; so while one is under way they are let in as it proceeds.
 */

/** A checkpoint is due when this share of the budget is in use. */
const CHECKPOINT_SHARE = 0.5;
/** How far appends may be ahead of a checkpoint, as a share of what is left of the budget. */
const HEAD_START = 0.2;

export interface BudgetLimits {
  /** The log may grow by this many bytes beyond the last checkpoint before appends have to wait. */
  readonly budgetBytes: number;
  /** As many streams may have changed since the last checkpoint before appends have to wait. */
  readonly budgetStreams: number;
}

/** What is in use now. */
export interface BudgetUse {
  readonly unarchivedBytes: number;
  readonly changedStreams: number;
  /** The share of the checkpoint under way that is done; undefined when there is none. */
  readonly checkpointProgress: number | undefined;
}

export class Budget {
  readonly #limits: BudgetLimits;
  readonly #use: BudgetUse;
  /** The share in use when the checkpoint under way began. */
  #usedAtStart = 0;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  /** @param use tells the current figures whenever it is read */
  constructor(limits: BudgetLimits, use: BudgetUse) {
    this.#limits = limits;
    this.#use = use;
  }

  get isCheckpointDue(): boolean {
    return this.#usedWith(0) >= CHECKPOINT_SHARE;
  }

  checkpointBegins(): void {
    this.#usedAtStart = this.#usedWith(0);
  }

  /** Whether there is room for a record with this many bytes. */
  admits(byteLength: number): boolean {
    // A record of any size must get in when nothing else waits.
    const asked = Math.min(byteLength, this.#limits.budgetBytes * (1 - CHECKPOINT_SHARE));
    return this.#usedWith(asked) <= this.#allowance();
  }

  /** Resolves when there may be room. */
  wait(): Promise<void> {
    if (this.#room === undefined) {
      let resolve = () => {};
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  /** Lets those who wait ask again. */
  letIn(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #usedWith(bytes: number): number {
    const { unarchivedBytes, changedStreams } = this.#use;
    const { budgetBytes, budgetStreams } = this.#limits;
    return Math.max((unarchivedBytes + bytes) / budgetBytes, changedStreams / budgetStreams);
  }

  /** The share that may be in use. */
  #allowance(): number {
    const { checkpointProgress } = this.#use;
    if (checkpointProgress === undefined) return 1;
    const pace = Math.min(1, checkpointProgress + HEAD_START);
    return this.#usedAtStart + Math.max(0, 1 - this.#usedAtStart) * pace;
  }
}
