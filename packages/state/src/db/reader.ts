import type { DurableStream, LiveMode, Offset } from "@perennial/client";
import { StateStreamError } from "../protocol/errors.ts";
import type { StateEvent } from "../protocol/events.ts";
import type { OpenStream } from "../snapshots/convention.ts";
import { loadLatestSnapshot } from "../snapshots/load.ts";
import { Batches, type BatchOptions } from "./batches.ts";
import type { StreamDBStatus } from "./stream-db.ts";
import type { Tables } from "./tables.ts";
import { TransactionIds } from "./transaction-ids.ts";

/** What a reader needs to know. */
export interface ReaderOptions extends BatchOptions {
  readonly stream: DurableStream;
  readonly live: LiveMode;
  readonly from: Offset | "latest-snapshot";
  /** Opens the streams with the snapshots. */
  readonly openStream: OpenStream | undefined;
}

/** One attempt at reading, from `preload()` to the stream's end or a failure. */
interface Attempt {
  /** Settles when all that the stream held is visible, or cannot be, or nobody wants it any more. */
  readonly loaded: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  /** Whether `loaded` was resolved. */
  isLoaded: boolean;
}

/** Reads the stream into the tables. */
export class Reader {
  readonly transactions = new TransactionIds();
  readonly #options: ReaderOptions;
  readonly #tables: Tables;
  readonly #batches: Batches;
  readonly #controller = new AbortController();
  #attempt: Attempt | undefined;
  #snapshotIsDue: boolean;
  #wasReady = false;
  #error: Error | undefined;
  readonly #listeners = new Set<() => void>();
  #toldStatus: StreamDBStatus = "idle";

  constructor(options: ReaderOptions, tables: Tables) {
    this.#options = options;
    this.#tables = tables;
    this.#snapshotIsDue = options.from === "latest-snapshot";
    const from = options.from === "latest-snapshot" ? "-1" : options.from;
    this.#batches = new Batches(from, tables, this.transactions, options, () => this.#onVisible());
  }

  get offset(): Offset {
    return this.#batches.visible;
  }

  get error(): Error | undefined {
    return this.#error;
  }

  get status(): StreamDBStatus {
    if (this.#controller.signal.aborted) return "closed";
    if (this.#error !== undefined) return "failed";
    if (this.#wasReady) return "ready";
    return this.#attempt === undefined ? "idle" : "loading";
  }

  /** Calls back whenever `status` has changed. Returns a function that ends this. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Starts reading unless it is under way, and waits for the tail. Who closes the database has nothing to wait for: that
   * is no failure.
   */
  preload(): Promise<void> {
    if (this.#controller.signal.aborted) return Promise.resolve();
    this.#tables.restart();
    this.#attempt ??= this.#start();
    return this.#attempt.loaded;
  }

  /** Stops for good. May be repeated. */
  close(): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort();
    this.#batches.stop();
    this.transactions.end(new Error("StreamDB closed"));
    this.#attempt?.resolve();
    this.#statusChanged();
  }

  #start(): Attempt {
    this.#error = undefined;
    this.transactions.resume();
    const attempt = createAttempt();
    this.#run().then(
      () => {
        if (!attempt.isLoaded)
          this.#fail(attempt, new Error("StreamDB: reading ended before the tail was reached"));
      },
      (error) => this.#fail(attempt, error instanceof Error ? error : new Error(String(error))),
    );
    // Once it is in place: a listener may ask for it.
    queueMicrotask(() => this.#statusChanged());
    return attempt;
  }

  async #run(): Promise<void> {
    const { stream, live } = this.#options;
    const { signal } = this.#controller;
    if (this.#snapshotIsDue) await this.#loadSnapshot();
    // Of a batch that was still taken in when reading failed, none must come twice.
    await this.#batches.settled();
    const response = await stream.stream<StateEvent>({
      offset: this.#batches.read,
      live,
      json: true,
      signal,
    });
    response.subscribeJson((batch) => (signal.aborted ? undefined : this.#batches.take(batch)));
    await response.closed.finally(() => this.#batches.settled());
  }

  async #loadSnapshot(): Promise<void> {
    const { stream, openStream, onError } = this.#options;
    const { signal } = this.#controller;
    const snapshot = await loadLatestSnapshot(stream, { openStream, signal, onError });
    this.#snapshotIsDue = false;
    if (snapshot !== undefined) await this.#batches.load(snapshot.events, snapshot.offset);
  }

  #onVisible(): void {
    if (!this.#wasReady) {
      this.#wasReady = true;
      this.#tables.markReady((name, cause) => {
        const message = `${name} could not be marked ready`;
        this.#options.onError(new StateStreamError({ code: "COMMIT_FAILED", message }, { cause }));
      });
    }
    if (this.#attempt !== undefined) {
      this.#attempt.isLoaded = true;
      this.#attempt.resolve();
    }
    this.#statusChanged();
  }

  /** Told to the handler, too, where somebody waits for `preload()`: often nobody does. */
  #fail(attempt: Attempt, error: Error): void {
    if (this.#controller.signal.aborted) return;
    this.#attempt = undefined;
    this.#error = error;
    this.transactions.end(error);
    if (!this.#wasReady) this.#tables.markError(error);
    attempt.reject(error);
    this.#statusChanged();
    const message = `the stream cannot be read after offset ${this.#batches.read}: ${error.message}`;
    this.#options.onError(new StateStreamError({ code: "READ_FAILED", message }, { cause: error }));
  }

  /** Calls the listeners, if the status is not the one that they were told of last. */
  #statusChanged(): void {
    const { status } = this;
    if (status === this.#toldStatus) return;
    this.#toldStatus = status;
    for (const listener of [...this.#listeners]) this.#tell(listener);
  }

  #tell(listener: () => void): void {
    try {
      listener();
    } catch (cause) {
      const message = "a listener of the status threw";
      this.#options.onError(new StateStreamError({ code: "HOOK_FAILED", message }, { cause }));
    }
  }
}

function createAttempt(): Attempt {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const loaded = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // A failure shows in `status` and `error` as well: nobody is obliged to wait for it.
  loaded.catch(() => {});
  return { loaded, resolve, reject, isLoaded: false };
}
