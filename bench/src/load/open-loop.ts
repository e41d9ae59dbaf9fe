import { LatencyHistogram } from "../measure/latency.ts";
import { Connection } from "./connection.ts";
import type { Address } from "./exchange.ts";
import type { LoadResult } from "./result.ts";
import { runSchedule } from "./schedule.ts";

/** Requests at a fixed rate, whatever the server makes of it. */
export interface OpenLoop {
  readonly address: Address;
  readonly connections: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** The request with this number. */
  request(index: number): Buffer;
}

/** Requests that wait for a free connection; more are given up and counted as errors. */
const WAITING_MAX = 200_000;
const DRAIN_MILLISECONDS = 5_000;

/** Runs the schedule. Latency counts from the time when a request was due, so waiting for a connection is part of it. */
export async function runOpenLoop(plan: OpenLoop): Promise<LoadResult> {
  const run = new OpenLoopRun(plan);
  const startedAt = performance.now();
  const { perSecond, seconds } = plan;
  await runSchedule({ perSecond, seconds, fire: (index, dueAt) => run.due(index, dueAt) });
  await run.drained();
  return run.result((performance.now() - startedAt) / 1000);
}

interface Waiting {
  readonly index: number;
  readonly dueAt: number;
}

class OpenLoopRun {
  readonly #plan: OpenLoop;
  readonly #histogram = new LatencyHistogram();
  readonly #errors: Record<string, number> = {};
  readonly #connections = new Set<Connection>();
  readonly #free: ((waiting: Waiting) => void)[] = [];
  #waiting: Waiting[] = [];
  #operations = 0;
  #busy = 0;
  #drained: (() => void) | undefined;

  constructor(plan: OpenLoop) {
    this.#plan = plan;
    for (let index = 0; index < plan.connections; index++) this.#open();
  }

  due(index: number, dueAt: number): void {
    const send = this.#free.pop();
    if (send !== undefined) send({ index, dueAt });
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ index, dueAt });
    else this.#failed("given up");
  }

  async drained(): Promise<void> {
    if (this.#busy > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
        setTimeout(resolve, DRAIN_MILLISECONDS);
      });
    }
    const unanswered = this.#busy + this.#waiting.length;
    if (unanswered > 0) this.#errors.timeout = unanswered;
    for (const connection of this.#connections) connection.end();
  }

  result(seconds: number): LoadResult {
    return {
      operations: this.#operations,
      seconds,
      latency: this.#histogram.latency(),
      errors: this.#errors,
    };
  }

  #open(): void {
    let current: Waiting | undefined;
    const send = (waiting: Waiting) => {
      this.#busy++;
      current = waiting;
      connection.send(this.#plan.request(waiting.index));
    };
    const done = (kind?: string) => {
      if (current === undefined) return;
      if (kind === undefined) this.#succeeded(current.dueAt);
      else this.#failed(kind);
      current = undefined;
      this.#busy--;
    };
    const connection = new Connection(this.#plan.address, {
      complete: (status) => {
        done(status >= 200 && status < 300 ? undefined : String(status));
        this.#next(send);
      },
      closed: () => {
        done("socket");
        this.#connections.delete(connection);
        const at = this.#free.indexOf(send);
        if (at >= 0) this.#free.splice(at, 1);
      },
    });
    this.#connections.add(connection);
    this.#free.push(send);
  }

  #next(send: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) send(waiting);
    else this.#free.push(send);
    if (this.#busy === 0) this.#drained?.();
  }

  #succeeded(dueAt: number): void {
    this.#operations++;
    this.#histogram.record(performance.now() - dueAt);
  }

  #failed(kind: string): void {
    this.#errors[kind] = (this.#errors[kind] ?? 0) + 1;
  }
}
