import type { LogFailure } from "../contract/index.ts";
import { RecordsLost } from "./failure.ts";

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Those who wait until the log is written up to a position. */
export class Waiters {
  #waiters: Waiter[] = [];

  /** Resolves once all before the position is written. Rejects with `RecordsLost` when that was lost. */
  until(position: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ position, resolve, reject }));
  }

  /** All before the position is written. */
  wake(position: number): void {
    if (this.#waiters.length === 0) return;
    const due = this.#waiters.filter((waiter) => waiter.position <= position);
    this.#waiters = this.#waiters.filter((waiter) => waiter.position > position);
    for (const waiter of due) waiter.resolve();
  }

  /** What they wait for is lost. */
  reject(failure: LogFailure): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new RecordsLost(failure.cause.message));
  }
}
