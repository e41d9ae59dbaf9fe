/**
 * How much may be accepted that the archive does not hold yet: the bound of the memory for it.
 *
 * A checkpoint frees its part of the log all at once, at its end. If appends could use up what is left of the budget
 * before that, they would all have to wait for the end; so while one is under way they are let in as it proceeds, first
 * come, first served, and no more of them than there is room for.
 */

import type { Permit } from "../contract/index.ts";

/** A checkpoint is due when this share of the budget is in use. */
const CHECKPOINT_SHARE = 0.5;
/** About what a record takes beside its data. */
const RECORD_BYTES = 80;
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

/** Entries of those who were let in are cleared away in batches. */
const WAITERS_KEPT = 1000;

interface Waiter {
  readonly byteLength: number;
  readonly resolve: (permit: Permit) => void;
}

export class Budget {
  readonly #limits: BudgetLimits;
  readonly #use: BudgetUse;
  /** The share in use when the checkpoint under way began. */
  #usedAtStart = 0;
  /** In the order in which they came; those before `#next` are let in. */
  #waiters: Waiter[] = [];
  #next = 0;
  /** Bytes of permits that are out: room of those who were let in and have not appended yet. */
  #permitted = 0;

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

  get isAnyoneWaiting(): boolean {
    return this.#next < this.#waiters.length;
  }

  /** Asks for room for a record with this many bytes: undefined when there is; otherwise resolves when there is. */
  admit(byteLength: number): Promise<Permit> | undefined {
    if (!this.isAnyoneWaiting && this.#fits(byteLength)) return undefined;
    return new Promise((resolve) => this.#waiters.push({ byteLength, resolve }));
  }

  /** Lets in those for whom there is room now. */
  letIn(): void {
    while (this.isAnyoneWaiting && this.#fits(this.#waiters[this.#next]!.byteLength)) {
      this.#permit(this.#waiters[this.#next]!);
      this.#next += 1;
    }
    if (this.isAnyoneWaiting && this.#next < WAITERS_KEPT) return;
    this.#waiters = this.#waiters.slice(this.#next);
    this.#next = 0;
  }

  /** Lets everybody in, to be refused for another reason. */
  letAllIn(): void {
    for (const waiter of this.#waiters.splice(0).slice(this.#next)) this.#permit(waiter);
    this.#next = 0;
  }

  #permit({ byteLength, resolve }: Waiter): void {
    let held = this.#asked(byteLength);
    this.#permitted += held;
    const release = (): void => {
      this.#permitted -= held;
      held = 0;
    };
    resolve({ byteLength, release });
  }

  #fits(byteLength: number): boolean {
    return this.#usedWith(this.#permitted + this.#asked(byteLength)) <= this.#allowance();
  }

  /** A record of any size must get in when half of the budget is free. */
  #asked(byteLength: number): number {
    return Math.min(byteLength + RECORD_BYTES, this.#limits.budgetBytes * (1 - CHECKPOINT_SHARE));
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
