/** The worker thread that folds updates into snapshots: one for all documents, which takes one at a time. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** Memory that the thread may take, MiB. */
const HEAP_MIB = 1024;
/** How long the thread is kept when there is nothing to do, ms. */
const IDLE_MS = 10_000;

/** What became of a document's bytes. */
export interface Folded {
  /** The document's state. */
  readonly snapshot: Uint8Array<ArrayBuffer>;
  /** Updates that could not be read. */
  readonly damaged: number;
  /** Whether the updates ended where a frame does. */
  readonly isWhole: boolean;
}

/** Takes one document as it is stored, cut anywhere: first its snapshot, then its updates. */
export interface Fold {
  /** Resolves when the thread has room for more. The thread finds the updates: in a megabyte there may be a million. */
  take(kind: "snapshot" | "updates", bytes: Uint8Array): Promise<void>;
  finish(): Promise<Folded>;
}

type Answer = { readonly kind: "taken" } | ({ readonly kind: "finished" } & Folded);

export class FoldThread {
  #worker: Worker | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #answer: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  /** Runs `use` when all before it are done. Rejects as it does, and when the thread ends. */
  fold<Result>(use: (fold: Fold) => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(async () => {
      clearTimeout(this.#idle);
      this.#worker ??= this.#start();
      const worker = this.#worker;
      try {
        return await use({
          take: async (kind, bytes) => void (await this.#give(worker, kind, bytes)),
          finish: async () => (await this.#ask(worker, { kind: "finish" })) as Answer & { kind: "finished" },
        });
      } catch (error) {
        // Half a document may be in there.
        await this.stop();
        throw error;
      } finally {
        this.#idle = setTimeout(() => void this.stop(), IDLE_MS).unref();
      }
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const file = createRequire(import.meta.url).resolve("@perennial/yjs/compaction-worker");
    const worker = new Worker(pathToFileURL(file), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
    worker.unref();
    worker.on("message", (answer: Answer) => this.#answer?.resolve(answer));
    worker.on("error", (error: Error) => this.#onEnd(worker, error));
    worker.on("exit", () => this.#onEnd(worker, new Error("the compaction thread ended")));
    return worker;
  }

  #onEnd(worker: Worker, error: Error): void {
    if (this.#worker === worker) this.#worker = undefined;
    this.#answer?.reject(error);
  }

  #give(worker: Worker, kind: string, bytes: Uint8Array): Promise<Answer> {
    // A copy of their own: what they lie in may be of other streams, and is not ours to hand over.
    const own = bytes.slice();
    return this.#ask(worker, { kind, bytes: own }, [own.buffer]);
  }

  #ask(worker: Worker, message: object, handedOver: readonly ArrayBuffer[] = []): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.#answer = { resolve, reject };
      worker.postMessage(message, handedOver);
    }).finally(() => {
      this.#answer = undefined;
    });
  }
}
