import type { JsonBatch, Offset } from "@perennial/client";
import { Fold } from "../materialize/fold.ts";
import { type StateErrorHandler, StateStreamError } from "../protocol/errors.ts";
import type { ChangeEvent, StateEvent } from "../protocol/events.ts";
import { headersOf } from "../protocol/guards.ts";
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

/**
 * Takes in batches of messages and decides when they become visible: not before the tail was reached once, after that
 * with every batch, and never in the middle of a snapshot (as long as patience lasts).
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

  constructor(
    from: Offset,
    tables: Tables,
    transactions: TransactionIds,
    hooks: Hooks,
    onError: StateErrorHandler,
    onVisible: () => void,
  ) {
    this.#read = from;
    this.#tables = tables;
    this.#transactions = transactions;
    this.#hooks = hooks;
    this.#onError = onError;
    this.#onVisible = onVisible;
    this.#fold = new Fold(tables, onError);
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
  load(events: readonly unknown[], offset: Offset): void {
    for (let index = 0; index < events.length; index++) this.#fold.apply(events[index], {}, index);
    this.#read = offset;
  }

  /** Takes in what was read from the stream. */
  take(batch: JsonBatch<StateEvent>): void {
    nameEnd(batch);
    this.#call("onBeforeBatch", batch);
    const position = { after: this.#read, offset: batch.offset };
    for (let index = 0; index < batch.items.length; index++) {
      const item = batch.items[index];
      this.#fold.apply(item, position, index);
      const headers = headersOf(item);
      if (headers?.operation === undefined) continue;
      if (typeof headers.txid === "string") this.#transactions.note(headers.txid);
      if (this.#hooks.onEvent !== undefined) this.#call("onEvent", item as ChangeEvent);
    }
    this.#call("onBatch", batch);
    this.#read = batch.offset;
    this.#reachedTail ||= batch.upToDate || batch.streamClosed;
    if (this.#reachedTail) this.#show();
  }

  /** Stops waiting for the end of a snapshot. */
  stop(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  /** Makes everything visible, unless a snapshot is open and may still end in time. */
  #show(): void {
    if (this.#fold.mentioned === undefined) {
      this.#patienceIsOver = false;
      this.#commit();
    } else if (this.#patienceIsOver) this.#commit();
    else this.#patience ??= setTimeout(() => this.#losePatience(), SNAPSHOT_PATIENCE_MS);
  }

  #losePatience(): void {
    this.#patienceIsOver = true;
    const waited = `a snapshot that is open at ${this.#read} has no end after ${SNAPSHOT_PATIENCE_MS} ms`;
    const message = `${waited}: its changes are shown as they come`;
    this.#onError(new StateStreamError({ code: "SNAPSHOT_NOT_ENDED", message }));
    this.#commit();
  }

  #commit(): void {
    this.stop();
    this.#tables.commit((name, error) => this.#commitFailed(name, error));
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
