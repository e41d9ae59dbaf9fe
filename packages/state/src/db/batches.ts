import type { JsonBatch, Offset } from "@perennial/client";
import { Fold, type Updates } from "../materialize/fold.ts";
import { type StateErrorHandler, StateStreamError } from "../protocol/errors.ts";
import type { ChangeEvent, StateEvent } from "../protocol/events.ts";
import { headersOf } from "../protocol/guards.ts";
import { runInSlices } from "./slices.ts";
import type { Tables } from "./tables.ts";
import type { TransactionIds } from "./transaction-ids.ts";

/**
 * How long changes of a snapshot in the stream wait for its end, in ms, so that it shows as one change. A writer that
 * died in the middle must not stop the show.
 */
const SNAPSHOT_PATIENCE_MS = 5_000;

/** The application's hooks, see `CreateStreamDBOptions`. */
export interface Hooks {
  readonly onEvent?: ((event: ChangeEvent) => void) | undefined;
  readonly onBeforeBatch?: ((batch: JsonBatch<StateEvent>) => void) | undefined;
  readonly onBatch?: ((batch: JsonBatch<StateEvent>) => void) | undefined;
  readonly onCommit?: ((commit: { offset: Offset }) => void) | undefined;
}

/** Messages between two looks at the clock. Few: the application's hooks may take a millisecond each. */
const STEP = 32;

/** What batches are taken in with, see `CreateStreamDBOptions`. */
export interface BatchOptions {
  readonly hooks: Hooks;
  readonly onError: StateErrorHandler;
  readonly updates: Updates;
}

/**
 * Takes in batches of messages and decides when they become visible: not before the tail was reached once, after that
 * with every batch, and never in the middle of a snapshot (as long as patience lasts).
 *
 * Long work gives way to others again and again, so that a page stays alive. The first rows are also shown bit by bit:
 * nobody takes them for all before the collections are ready. Later each batch shows as one change.
 */
export class Batches {
  readonly #tables: Tables;
  readonly #transactions: TransactionIds;
  readonly #hooks: Hooks;
  readonly #onError: StateErrorHandler;
  readonly #onVisible: () => void;
  readonly #fold: Fold;
  #read: Offset;
  #visible: Offset = "-1";
  #reachedTail = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #patienceIsOver = false;
  /** Whether all that the stream held was visible once. */
  #isLoaded = false;
  #isStopped = false;
  /** What is under way and has given way to others. */
  #work: Promise<void> | undefined;

  constructor(
    from: Offset,
    tables: Tables,
    transactions: TransactionIds,
    { hooks, onError, updates }: BatchOptions,
    onVisible: () => void,
  ) {
    this.#read = from;
    this.#tables = tables;
    this.#transactions = transactions;
    this.#hooks = hooks;
    this.#onError = onError;
    this.#onVisible = onVisible;
    this.#fold = new Fold(tables, onError, updates);
  }

  /** Where reading has to go on. */
  get read(): Offset {
    return this.#read;
  }

  /** The position up to which changes are visible. */
  get visible(): Offset {
    return this.#visible;
  }

  /** Takes in a state that was stored elsewhere and belongs to `offset`; reading goes on there. */
  load(events: readonly unknown[], offset: Offset): Promise<void> | undefined {
    return this.#run(this.#load(events, offset));
  }

  /**
   * Takes in what was read from the stream. Short work is done at once; for longer work there is a promise, which
   * resolves when the next batch may come. At the tail that is when the work is done; before it, when that of the batch
   * before is done: a page is on its way while the one before it is taken in, and there are never more than two.
   */
  take(batch: JsonBatch<StateEvent>): Promise<void> | undefined {
    const before = this.#work;
    const work = this.#run(this.#take(batch));
    if (batch.upToDate || batch.streamClosed) return work;
    // Whoever takes the next one hears of it.
    work?.catch(() => {});
    return before;
  }

  /** Resolves when nothing is under way. Rejects when something went wrong that was under way. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Stops for good: what is under way is left undone. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#patience);
  }

  /** Does one work after the other. */
  #run(work: Iterator<void>): Promise<void> | undefined {
    const isStopped = () => this.#isStopped;
    const before = this.#work;
    const rest = before ? before.then(() => runInSlices(work, isStopped)) : runInSlices(work, isStopped);
    if (rest === undefined) return undefined;
    const done = rest.finally(() => {
      if (this.#work === done) this.#work = undefined;
    });
    this.#work = done;
    return done;
  }

  *#load(events: readonly unknown[], offset: Offset): Generator<void> {
    for (let index = 0; index < events.length; index++) {
      this.#fold.apply(events[index], {}, index);
      if (index % STEP === STEP - 1) yield;
    }
    this.#read = offset;
  }

  *#take(batch: JsonBatch<StateEvent>): Generator<void> {
    nameEnd(batch);
    this.#call("onBeforeBatch", batch);
    const position = { after: this.#read, offset: batch.offset };
    for (let index = 0; index < batch.items.length; index++) {
      const item = batch.items[index];
      this.#fold.apply(item, position, index);
      this.#tell(item);
      if (index % STEP === STEP - 1) yield;
    }
    this.#call("onBatch", batch);
    this.#read = batch.offset;
    this.#reachedTail ||= batch.upToDate || batch.streamClosed;
    if (this.#reachedTail) yield* this.#show();
  }

  #tell(item: StateEvent | undefined): void {
    const headers = headersOf(item);
    if (headers?.operation === undefined) return;
    if (typeof headers.txid === "string") this.#transactions.note(headers.txid);
    if (this.#hooks.onEvent !== undefined) this.#call("onEvent", item as ChangeEvent);
  }

  /** Makes everything visible, unless a snapshot is open and may still end in time. */
  *#show(): Generator<void> {
    if (this.#fold.mentioned === undefined) {
      this.#patienceIsOver = false;
      yield* this.#commit();
    } else if (this.#patienceIsOver) yield* this.#commit();
    else this.#patience ??= setTimeout(() => this.#losePatience(), SNAPSHOT_PATIENCE_MS);
  }

  #losePatience(): void {
    this.#patienceIsOver = true;
    const waited = `a snapshot that is open at ${this.#read} has no end after ${SNAPSHOT_PATIENCE_MS} ms`;
    const message = `${waited}: its changes are shown as they come`;
    this.#onError(new StateStreamError({ code: "SNAPSHOT_NOT_ENDED", message }));
    void this.#run(this.#commit());
  }

  *#commit(): Generator<void> {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const onError = (name: string, error: unknown) => this.#commitFailed(name, error);
    if (this.#isLoaded) this.#tables.commit(onError);
    else yield* this.#tables.commitGradually(onError);
    this.#isLoaded = true;
    this.#visible = this.#read;
    this.#transactions.commit();
    this.#onVisible();
    this.#call("onCommit", { offset: this.#visible });
  }

  #commitFailed(name: string, cause: unknown): void {
    const message = `the changes of ${name} could not be shown properly`;
    this.#onError(new StateStreamError({ code: "COMMIT_FAILED", message }, { cause }));
  }

  #call<Name extends keyof Hooks>(name: Name, argument: Parameters<NonNullable<Hooks[Name]>>[0]): void {
    const hook = this.#hooks[name] as ((argument: unknown) => void) | undefined;
    if (hook === undefined) return;
    try {
      hook(argument);
    } catch (cause) {
      this.#onError(new StateStreamError({ code: "HOOK_FAILED", message: `${name} threw` }, { cause }));
    }
  }
}

/**
 * Gives the last message of a batch its end offset where the server did not: it is the batch's, on every server. The
 * ends of those before it are known to the server alone.
 */
function nameEnd(batch: JsonBatch<StateEvent>): void {
  const headers = headersOf(batch.items.at(-1)) as { offset?: unknown } | undefined;
  if (headers !== undefined) headers.offset ??= batch.offset;
}
