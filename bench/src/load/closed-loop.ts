import { LatencyHistogram } from "../measure/latency.ts";
import { Connection } from "./connection.ts";
import type { Address } from "./exchange.ts";
import type { LoadResult } from "./result.ts";

/** A number of connections, each of which sends its next request when the last one was answered. */
export interface ClosedLoop {
  readonly address: Address;
  readonly connections: number;
  /** Ends the run; without it, the run ends when `next` has no more requests. */
  readonly seconds?: number;
  /** The next request of the connection with this number; undefined when it has no more to send. */
  next(connection: number): Buffer | undefined;
  /** Sees the head of each response, as text. */
  head?(connection: number, text: string): void;
  /** Sees each status. */
  answered?(connection: number, status: number): void;
}

const DRAIN_MILLISECONDS = 5_000;
const FAILURES_IN_A_ROW_MAX = 20;

/**
 * Runs the loop. Latency is from the write of a request to its last byte, so a server that stalls is asked less
 * often meanwhile: use an open loop where the tail matters.
 */
export async function runClosedLoop(plan: ClosedLoop): Promise<LoadResult> {
  const run = new ClosedLoopRun(plan);
  return await run.finished;
}

class ClosedLoopRun {
  readonly finished: Promise<LoadResult>;
  readonly #histogram = new LatencyHistogram();
  readonly #errors: Record<string, number> = {};
  readonly #clients: Client[] = [];
  readonly #startedAt = performance.now();
  #endedAt = Number.POSITIVE_INFINITY;
  #operations = 0;
  #busy: number;
  #finish: (result: LoadResult) => void = () => {};

  constructor(plan: ClosedLoop) {
    this.#busy = plan.connections;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    for (let index = 0; index < plan.connections; index++) this.#clients.push(new Client(index, plan, this));
    for (const client of this.#clients) client.sendNext();
    if (plan.seconds !== undefined) this.#endAfter(plan.seconds * 1000);
  }

  get ended(): boolean {
    return this.#endedAt !== Number.POSITIVE_INFINITY;
  }

  succeeded(sentAt: number): void {
    if (this.ended) return;
    this.#operations++;
    this.#histogram.record(performance.now() - sentAt);
  }

  failed(kind: string): void {
    if (!this.ended) this.#errors[kind] = (this.#errors[kind] ?? 0) + 1;
  }

  idle(): void {
    if (--this.#busy === 0) this.#close();
  }

  #endAfter(milliseconds: number): void {
    const drain = setTimeout(() => this.#close(), milliseconds + DRAIN_MILLISECONDS);
    setTimeout(() => {
      this.#endedAt = performance.now();
    }, milliseconds);
    void this.finished.then(() => clearTimeout(drain));
  }

  #close(): void {
    if (!this.ended) this.#endedAt = performance.now();
    for (const client of this.#clients) client.close();
    this.#finish({
      operations: this.#operations,
      seconds: (this.#endedAt - this.#startedAt) / 1000,
      latency: this.#histogram.latency(),
      errors: this.#errors,
    });
  }
}

class Client {
  readonly #index: number;
  readonly #plan: ClosedLoop;
  readonly #run: ClosedLoopRun;
  #connection: Connection;
  #sentAt = 0;
  #failuresInARow = 0;

  constructor(index: number, plan: ClosedLoop, run: ClosedLoopRun) {
    this.#index = index;
    this.#plan = plan;
    this.#run = run;
    this.#connection = this.#open();
  }

  sendNext(): void {
    const request = this.#run.ended ? undefined : this.#plan.next(this.#index);
    if (request === undefined) {
      this.#run.idle();
      return;
    }
    this.#sentAt = performance.now();
    this.#connection.send(request);
  }

  close(): void {
    this.#connection.end();
  }

  #open(): Connection {
    const { head } = this.#plan;
    return new Connection(this.#plan.address, {
      ...(head === undefined ? {} : { head: (text: string) => head.call(this.#plan, this.#index, text) }),
      complete: (status) => this.#complete(status),
      closed: () => this.#lost(),
    });
  }

  #complete(status: number): void {
    this.#failuresInARow = 0;
    if (status >= 200 && status < 300) this.#run.succeeded(this.#sentAt);
    else this.#run.failed(String(status));
    this.#plan.answered?.(this.#index, status);
    this.sendNext();
  }

  #lost(): void {
    this.#run.failed("socket");
    if (++this.#failuresInARow >= FAILURES_IN_A_ROW_MAX) {
      this.#run.idle();
      return;
    }
    this.#connection = this.#open();
    this.sendNext();
  }
}
