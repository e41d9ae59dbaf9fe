import { type Collection, createCollection, type SyncConfig } from "@tanstack/db";
import type { Updates } from "../materialize/fold.ts";
import { merged } from "../materialize/merge.ts";
import type { Fault } from "../protocol/errors.ts";
import type { ChangeEvent } from "../protocol/events.ts";
import type { CollectionDefinition } from "../schema/definition.ts";
import { withoutAddedFields } from "../schema/row-fields.ts";
import { validateNow } from "../schema/validate.ts";
import type { DropWatch } from "./drop-watch.ts";
import { Pace } from "./slices.ts";
import { sortGradually } from "./sort-gradually.ts";

/** A row of a collection. */
export type TableRow = Record<string, unknown>;

/** What a commit stores; undefined removes. */
type Pending = Map<string, TableRow | undefined>;

type SyncCallbacks = Parameters<SyncConfig<TableRow, string>["sync"]>[0];

/** TanStack DB has `markError` since 0.15 only. */
type Callbacks = Omit<SyncCallbacks, "markError"> & Partial<Pick<SyncCallbacks, "markError">>;

/**
 * One collection, fed from the stream. Changes gather here, at most one per key, and become visible at `commit()` in one
 * TanStack transaction: a key that changed a hundred times costs one write, and a reset or a snapshot shows as the rows
 * that really differ.
 */
export class Table {
  readonly collection: Collection<TableRow, string>;
  readonly #definition: CollectionDefinition;
  readonly #validate: boolean;
  readonly #dropWatch: DropWatch | undefined;
  /** The rows that the collection holds, or shall hold again when it was cleaned up. */
  readonly #stored = new Map<string, TableRow>();
  /** Whether the collection was not complete yet. */
  #isNew = true;
  #isReady = false;
  #error: Error | undefined;
  /** What the next commit stores. */
  #pending: Pending = new Map();
  /** Of the collection as it was last started; undefined while it is cleaned up. */
  #callbacks: Callbacks | undefined;

  constructor(
    id: string,
    definition: CollectionDefinition,
    validate: boolean,
    dropWatch: DropWatch | undefined,
  ) {
    this.#definition = definition;
    this.#validate = validate;
    this.#dropWatch = dropWatch;
    this.collection = createCollection<TableRow, string>({
      id,
      // Typed as absent where the row type is explicit; TanStack applies it to optimistic rows.
      schema: definition.schema as never,
      getKey: (row) => String(row[definition.primaryKey]),
      startSync: true,
      gcTime: 0,
      sync: { rowUpdateMode: "full", sync: (callbacks) => this.#start(callbacks) },
    });
  }

  /** Stores the row `key`, numbered `seq`, at the next commit. */
  set(change: ChangeEvent, key: string, updates: Updates, seq: number): Fault | undefined {
    const before = this.#pending.has(key) ? this.#pending.get(key) : this.#stored.get(key);
    const isMerge = updates === "merge" && before !== undefined;
    let value = isMerge ? merged(withoutAddedFields(before), change.value) : change.value;
    if (this.#validate) {
      const validation = validateNow(this.#definition.schema, value);
      if (validation.kind === "rejected") return invalidRow(change, validation.rejection);
      value = validation.value;
    }
    if (typeof value !== "object" || value === null) return notAnObject(change, value);
    const { primaryKey } = this.#definition;
    const row: TableRow = { ...value };
    // A key that only differs in type stays as the schema has it.
    if (String(row[primaryKey]) !== key) row[primaryKey] = change.key;
    row._seq = seq;
    if (before !== undefined && !isMerge) this.#dropWatch?.(change, before, row);
    this.#pending.set(key, row);
    return undefined;
  }

  /** Removes a row at the next commit. */
  remove(key: string): void {
    this.#pending.set(key, undefined);
  }

  /** Removes every row at the next commit. */
  clear(): void {
    this.#pending = new Map();
    for (const key of this.#stored.keys()) this.#pending.set(key, undefined);
  }

  /** Removes every row whose key is not among `keys` at the next commit. */
  retain(keys: ReadonlySet<string> | undefined): void {
    for (const key of this.#pending.keys()) if (!keys?.has(key)) this.#pending.set(key, undefined);
    for (const key of this.#stored.keys()) if (!keys?.has(key)) this.#pending.set(key, undefined);
  }

  /** Makes what has gathered visible, in one transaction. Throws what a listener of the collection throws. */
  commit(): void {
    this.#store(this.#takePending().entries(), Number.POSITIVE_INFINITY);
    this.#isNew = false;
  }

  /**
   * Makes what has gathered visible a few rows at a time, and pauses after each transaction. With a TanStack DB before
   * 0.15 it is one transaction: there each costs as much as the collection is large. They come in the order of their keys,
   * in which TanStack DB keeps them: a fifth of the work was to make room in the middle.
   *
   * @param guard runs the work of a step, and takes what it throws
   */
  *commitGradually(guard: (work: () => void) => void): Generator<void> {
    const isCheap = this.#callbacks === undefined || this.#callbacks.markError !== undefined;
    if (!isCheap) return guard(() => this.commit());
    const pending = this.#takePending();
    const rows = inOrder(pending, yield* sortGradually([...pending.keys()]));
    const pace = new Pace();
    let isMore = true;
    const step = (rowsMax: number): void => {
      isMore = this.#store(rows, rowsMax);
    };
    while (isMore) {
      guard(() => pace.step(step));
      yield;
    }
    this.#isNew = false;
  }

  /** Tells the collection that it holds what the stream holds. */
  markReady(): void {
    this.#isReady = true;
    this.#callbacks?.markReady();
  }

  /** Tells the collection that its first rows will not come for now. */
  markError(error: Error): void {
    this.#error = error;
    this.#callbacks?.markError?.(error);
  }

  /** Starts the collection again if it was cleaned up. */
  restart(): void {
    if (this.#callbacks === undefined) this.collection.startSyncImmediate();
  }

  /**
   * Takes the collection's callbacks, when it is made and each time that it starts again after `cleanup()`, which has
   * emptied it: what was shown is shown again.
   */
  #start(callbacks: Callbacks): () => void {
    this.#callbacks = callbacks;
    if (this.#stored.size > 0) {
      callbacks.begin();
      for (const value of this.#stored.values()) callbacks.write({ type: "insert", value });
      callbacks.commit();
    }
    if (this.#isReady) callbacks.markReady();
    else if (this.#error !== undefined) callbacks.markError?.(this.#error);
    return () => {
      this.#callbacks = undefined;
    };
  }

  #takePending(): Pending {
    const pending = this.#pending;
    this.#pending = new Map();
    return pending;
  }

  /** Stores rows in one transaction, at most so many. Returns whether there may be more. */
  #store(rows: Iterator<[string, TableRow | undefined]>, rowsMax: number): boolean {
    let next = rows.next();
    if (next.done) return false;
    this.#callbacks?.begin();
    for (let count = 1; !next.done; count++) {
      this.#write(...next.value);
      if (count === rowsMax) break;
      next = rows.next();
    }
    // Its promise waits for optimistic transactions, which may wait for this commit: it must not be awaited.
    this.#callbacks?.commit();
    return !next.done;
  }

  #write(key: string, value: TableRow | undefined): void {
    if (value !== undefined) {
      this.#stored.set(key, value);
      // In the mode `full` an update stores its row whatever was there before. Only into a collection that was never
      // complete rows are inserted, which costs TanStack less: later, one that it still holds back may be in the way.
      this.#callbacks?.write({ type: this.#isNew ? "insert" : "update", value });
    } else if (this.#stored.delete(key)) this.#callbacks?.write({ type: "delete", key });
  }
}

function* inOrder(pending: Pending, keys: readonly string[]): Generator<[string, TableRow | undefined]> {
  for (const key of keys) yield [key, pending.get(key)];
}

function notAnObject(change: ChangeEvent, value: unknown): Fault {
  const message = `StreamDB collections require object values; got ${typeof value} for type=${change.type}, key=${change.key}`;
  return { code: "ROW_NOT_OBJECT", message };
}

function invalidRow({ type, key, headers }: ChangeEvent, problem: string): Fault {
  return {
    code: "ROW_INVALID",
    message: `Validation failed for ${type} ${headers.operation} of ${key}: ${problem}`,
  };
}
