import { txidProblem } from "../protocol/check.ts";

/** Ids of committed transactions that are remembered. Whoever waits for one does so soon after writing it. */
const REMEMBERED_MAX = 10_000;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Which transactions were committed, and who waits for one. */
export class TransactionIds {
  /** In order of their commit, so that the first is the oldest. */
  readonly #committed = new Set<string>();
  readonly #pending = new Set<string>();
  readonly #waiters = new Map<string, Set<Waiter>>();
  #ended: Error | undefined;

  /** Notes an id that will be committed with what is being read. */
  note(txid: string): void {
    this.#pending.add(txid);
  }

  /** All noted ids are committed. */
  commit(): void {
    for (const txid of this.#pending) {
      this.#committed.delete(txid);
      this.#committed.add(txid);
      for (const waiter of this.#waiters.get(txid) ?? []) waiter.resolve();
    }
    this.#pending.clear();
    for (const oldest of this.#committed) {
      if (this.#committed.size <= REMEMBERED_MAX) break;
      this.#committed.delete(oldest);
    }
  }

  /** Nothing will be committed any more: rejects all who wait, and all who will. */
  end(error: Error): void {
    this.#ended = error;
    for (const waiters of [...this.#waiters.values()])
      for (const waiter of [...waiters]) waiter.reject(error);
  }

  /** Reading goes on after all. */
  resume(): void {
    this.#ended = undefined;
  }

  /** Waits for an id, at most `timeout` ms. */
  wait(txid: string, timeout: number): Promise<void> {
    const problem = txidProblem(txid);
    if (problem !== undefined) return Promise.reject(new TypeError(problem));
    if (this.#committed.has(txid)) return Promise.resolve();
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#leave(txid, waiter);
      };
      const waiter: Waiter = {
        resolve: () => {
          settle();
          resolve();
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiter.reject(new Error(`Timeout waiting for txid: ${txid}`)), timeout);
      this.#waiters.set(txid, (this.#waiters.get(txid) ?? new Set()).add(waiter));
    });
  }

  #leave(txid: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(txid);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(txid);
  }
}
