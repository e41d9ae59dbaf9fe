/** A worker that waits for wakes, claims them, and keeps its leases while it works. */
import { type Offset, stream } from "../index.ts";
import { SubscriptionError } from "./errors.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Wake } from "./wake.ts";

export interface WorkerOptions {
  readonly subscriptions: Subscriptions;
  /** The stream that wakes are written to, relative to the stream root. */
  readonly wakeStream: string;
  /** A name for this worker. */
  readonly worker: string;
  /**
   * Does the work of a wake. When it returns, all that the wake told of counts as processed, unless it has called `wake.done` itself. When it
   * throws, the wake is given back.
   *
   * @param signal is aborted when the lease is lost, or the worker is to stop: somebody else may have the wake then
   */
  readonly handle: (wake: Wake, signal: AbortSignal) => Promise<void>;
  /** Wakes handled at once. More are not claimed: other workers may have them. Default 1 */
  readonly concurrency?: number;
  /** Subscriptions that may have work already. What is not claimed is announced again by the server, if later. */
  readonly ids?: readonly string[];
  /** Where to begin in the wake stream. Default its end */
  readonly offset?: Offset;
  /** Hears what goes wrong; the worker goes on. */
  readonly onError?: (error: unknown, subscriptionId: string | undefined) => void;
  /** Ends the worker. */
  readonly signal?: AbortSignal;
}

/** Subscriptions that wait to be claimed; then no more announcements are read. */
const WAITING_MAX = 1000;
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const LEASE_MS = 30_000;

/**
 * Works until the signal is aborted. Resolves when the wakes under way have ended.
 *
 * @example
 * ```ts
 * import { runWorker, Subscriptions } from "@perennial/client/subscriptions";
 * const subscriptions = new Subscriptions({ url: "http://localhost:4437/v1/stream" });
 * await runWorker({
 *   subscriptions,
 *   wakeStream: "wakes",
 *   worker: "worker-1",
 *   handle: async (wake) => {
 *     for (const { path, acked_offset } of wake.pending) console.log("news in", path, "from", acked_offset);
 *   },
 * });
 * ```
 */
export function runWorker(options: WorkerOptions): Promise<void> {
  return new PullWorker(options).run();
}

class PullWorker {
  readonly #options: WorkerOptions;
  readonly #stop = new AbortController();
  /** Subscriptions to be claimed, each once. */
  readonly #waiting = new Set<string>();
  readonly #active = new Map<string, Promise<void>>();
  /** Failures in a row, by subscription. */
  readonly #failures = new Map<string, number>();
  #offset: Offset;
  #wake: () => void = () => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#offset = options.offset ?? "now";
    for (const id of options.ids ?? []) this.#waiting.add(id);
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const stop = (): void => {
      this.#stop.abort();
      this.#wake();
    };
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    try {
      await Promise.all([this.#listen(), this.#work()]);
      await Promise.all(this.#active.values());
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #fail(error: unknown, id?: string): void {
    if (!this.#isStopped) this.#options.onError?.(error, id);
  }

  /** Reads announcements, for as long as there is room for them. */
  async #listen(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#read();
      } catch (error) {
        this.#fail(error);
      }
      await pause(PAUSE_MS, this.#stop.signal);
    }
  }

  async #read(): Promise<void> {
    const { subscriptions, wakeStream } = this.#options;
    const { headers, fetch: send } = subscriptions.options;
    const response = await stream<{ readonly subscription_id?: string }>({
      ...{ url: `${subscriptions.root}/${wakeStream}`, offset: this.#offset, live: true, json: true },
      signal: this.#stop.signal,
      ...(headers !== undefined && { headers }),
      ...(send !== undefined && { fetch: send }),
    });
    response.subscribeJson(async ({ items, offset }) => {
      for (const { subscription_id: id } of items) if (typeof id === "string") this.#waiting.add(id);
      this.#wake();
      while (this.#waiting.size >= WAITING_MAX && !this.#isStopped) await pause(50, this.#stop.signal);
      this.#offset = offset;
    });
    await response.closed;
  }

  /** Claims what waits, as long as there are hands. */
  async #work(): Promise<void> {
    const { concurrency = 1 } = this.#options;
    while (!this.#isStopped) {
      const id = this.#active.size < concurrency ? this.#next() : undefined;
      if (id === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const working = this.#claimAndHandle(id).finally(() => {
        this.#active.delete(id);
        this.#wake();
      });
      this.#active.set(id, working);
    }
  }

  /** One that nobody here is at. */
  #next(): string | undefined {
    for (const id of this.#waiting)
      if (!this.#active.has(id)) {
        this.#waiting.delete(id);
        return id;
      }
    return undefined;
  }

  async #claimAndHandle(id: string): Promise<void> {
    try {
      const wake = await this.#options.subscriptions.claim(id, this.#options.worker);
      if (wake === undefined) return;
      if (await this.#handle(wake)) this.#waiting.add(id);
      this.#failures.delete(id);
    } catch (error) {
      this.#fail(error, id);
      await this.#restAfterFailure(id);
    }
  }

  /** A failure is tried again, ever more slowly, until it is somebody else's. */
  async #restAfterFailure(id: string): Promise<void> {
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    await pause(Math.min(PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS), this.#stop.signal);
    this.#waiting.add(id);
  }

  /** @returns whether there is work left */
  async #handle(wake: Wake): Promise<boolean> {
    const lost = new AbortController();
    const stop = (): void => lost.abort();
    this.#stop.signal.addEventListener("abort", stop);
    if (this.#isStopped) stop();
    const renewing = setInterval(
      () => {
        wake.extend().catch((error: unknown) => {
          if (error instanceof SubscriptionError) lost.abort();
        });
      },
      (wake.leaseMs ?? LEASE_MS) / 3,
    );
    try {
      await this.#options.handle(wake, lost.signal);
    } catch (error) {
      await wake.release().catch(() => {});
      throw error;
    } finally {
      clearInterval(renewing);
      this.#stop.signal.removeEventListener("abort", stop);
    }
    return this.#finish(wake, lost.signal);
  }

  async #finish(wake: Wake, { aborted }: AbortSignal): Promise<boolean> {
    try {
      // Whoever was interrupted may have left something out.
      if (!aborted) return await wake.done();
      await wake.release();
    } catch (error) {
      const isOver = error instanceof SubscriptionError && error.code === "FENCED";
      if (!isOver) throw error;
    }
    return false;
  }
}

/** Waits, at most until the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
