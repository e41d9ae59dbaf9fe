/** The worker thread that folds updates into snapshots: one for all documents, which takes one at a time. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** Memory that the thread may take, MiB. */
const HEAP_MIB = 1024;
/** How long the thread is kept when there is nothing to do, ms. */
const IDLE_MS = 10_000;
/** How long the thread may work for one document, ms: others wait for it, and updates can be made that take hours. */
const FOLD_MS = 300_000;

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
  readonly #foldMs: number;
  #queue: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #answer: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  /** @param foldMs how long the thread may work for one document, milliseconds */
  constructor(foldMs = FOLD_MS) {
    this.#foldMs = foldMs;
  }

  /** Runs `use` when all before it are done. Rejects as it does, when the thread ends, and when it takes too long. */
  fold<Result>(use: (fold: Fold) => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(async () => {
      clearTimeout(this.#idle);
      this.#worker ??= this.#start();
      const worker = this.#worker;
      try {
        return await use(this.#foldOf(worker));
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

  #foldOf(worker: Worker): Fold {
    let leftMs = this.#foldMs;
    const ask = async (message: object, handedOver: readonly ArrayBuffer[] = []): Promise<Answer> => {
      const began = performance.now();
      const late = new Error(`the thread worked for ${this.#foldMs} ms and was not done`);
      const timer = setTimeout(() => this.#answer?.reject(late), leftMs);
      try {
        return await this.#ask(worker, message, handedOver);
      } finally {
        clearTimeout(timer);
        leftMs -= performance.now() - began;
      }
    };
    return {
      take: async (kind, bytes) => {
        // A copy of their own: what they lie in may be of other streams, and is not ours to hand over.
        const own = bytes.slice();
        await ask({ kind, bytes: own }, [own.buffer]);
      },
      finish: async () => (await ask({ kind: "finish" })) as Answer & { kind: "finished" },
    };
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

  #ask(worker: Worker, message: object, handedOver: readonly ArrayBuffer[]): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.#answer = { resolve, reject };
      worker.postMessage(message, handedOver);
    }).finally(() => {
      this.#answer = undefined;
    });
  }
}
