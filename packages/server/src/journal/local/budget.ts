/**
 * How much may be accepted that the archive does not hold yet: the bound of the memory for it.
 *
 * A checkpoint frees its part of the log all at once, at its end. If appends could use up what is left of the budget
 * before that, they would all have to wait for the end; so while one is under way they are let in as it proceeds, first
 * come, first served, and no more of them than there is room for.
 *
 * A single body may be as large as the whole budget. Short records pass those who wait with a long one, and what has been
 * let in of them, as long as the short ones together use a small share of the budget.
 */

import type { Permit } from "../contract/index.ts";
import { WaitingLine } from "./waiting-line.ts";

/** A checkpoint is due when this share of the budget is in use. */
const CHECKPOINT_SHARE = 0.5;
/** About what a record takes beside its data. */
const RECORD_BYTES = 80;
/** How far appends may be ahead of a checkpoint, as a share of what is left of the budget. */
const HEAD_START = 0.2;
/** What short records may use of the budget, beside what long ones use of it. */
const SHORT_SHARE = 0.25;

export interface BudgetLimits {
  /** The log may grow by this many bytes beyond the last checkpoint before appends have to wait. */
  readonly budgetBytes: number;
  /** As many streams may have changed since the last checkpoint before appends have to wait. */
  readonly budgetStreams: number;
  /** A record with more bytes of data than this counts as long. */
  readonly shortBytes: number;
}

/** What is in use now. */
export interface BudgetUse {
  readonly unarchivedBytes: number;
  /** What long records take of that. */
  readonly longBytes: number;
  readonly changedStreams: number;
  /** The share of the checkpoint under way that is done; undefined when there is none. */
  readonly checkpointProgress: number | undefined;
  /** Somebody begins to wait for room. */
  onWaiting(): void;
}

interface Waiter {
  /** When it came: the how-manieth. */
  readonly turn: number;
  readonly byteLength: number;
  readonly resolve: (permit: Permit) => void;
}

export class Budget {
  readonly #limits: BudgetLimits;
  readonly #use: BudgetUse;
  /** The share in use when the checkpoint under way began. */
  #usedAtStart = 0;
  readonly #short = new WaitingLine<Waiter>();
  readonly #long = new WaitingLine<Waiter>();
  /** How many have waited. */
  #turns = 0;
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
    return this.#short.head !== undefined || this.#long.head !== undefined;
  }

  /** Asks for room for a record with this many bytes: undefined when there is; otherwise resolves when there is. */
  admit(byteLength: number): Promise<Permit> | undefined {
    if (!this.isAnyoneWaiting && this.#fits(byteLength)) return undefined;
    if (this.#short.head === undefined && this.#fitsBesideLong(byteLength)) return undefined;
    const line = this.#isShort(byteLength) ? this.#short : this.#long;
    this.#use.onWaiting();
    return new Promise((resolve) => line.push({ turn: this.#turns++, byteLength, resolve }));
  }

  /** Lets in those for whom there is room now. */
  letIn(): void {
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) this.#permit(line.take());
  }

  /** The line whose first may come in: the one that has waited longest, or a short record past a long one. */
  #nextLine(): WaitingLine<Waiter> | undefined {
    const [short, long] = [this.#short.head, this.#long.head];
    const isShortFirst = long === undefined || (short !== undefined && short.turn < long.turn);
    const first = isShortFirst ? short : long;
    if (first === undefined) return undefined;
    if (this.#fits(first.byteLength)) return isShortFirst ? this.#short : this.#long;
    return short !== undefined && this.#fitsBesideLong(short.byteLength) ? this.#short : undefined;
  }

  /** Lets everybody in, to be refused for another reason. */
  letAllIn(): void {
    for (const line of [this.#short, this.#long]) while (line.head !== undefined) this.#permit(line.take());
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

  /**
   * Whether there is room for a short record when what the long ones take is not counted. So nobody waits for a
   * checkpoint only because somebody else sent a large body.
   */
  #fitsBesideLong(byteLength: number): boolean {
    if (!this.#isShort(byteLength)) return false;
    const { unarchivedBytes, longBytes, changedStreams } = this.#use;
    const { budgetBytes, budgetStreams } = this.#limits;
    if (longBytes === 0 || changedStreams / budgetStreams > Math.min(1, this.#allowance())) return false;
    const short = unarchivedBytes - longBytes + this.#permitted + this.#asked(byteLength);
    return short <= budgetBytes * SHORT_SHARE;
  }

  #isShort(byteLength: number): boolean {
    return byteLength <= this.#limits.shortBytes;
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
