import { type Collection, createCollection, type SyncConfig } from "@tanstack/db";
import type { Fault } from "../protocol/errors.ts";
import type { ChangeEvent } from "../protocol/events.ts";
import type { CollectionDefinition } from "../schema/definition.ts";
import { validateNow } from "../schema/validate.ts";

/** A row of a collection. */
export type TableRow = Record<string, unknown>;

type SyncCallbacks = Parameters<SyncConfig<TableRow, string>["sync"]>[0];

/** TanStack DB has `markError` since 0.15 only. */
type Callbacks = Omit<SyncCallbacks, "markError"> & Partial<Pick<SyncCallbacks, "markError">>;

/**
 * One collection, fed from the stream. Changes gather here, at most one per key, and become visible in one TanStack
 * transaction at `commit()`: a key that changed a hundred times costs one write, and a reset or a snapshot shows as the
 * rows that really differ.
 */
export class Table {
  readonly collection: Collection<TableRow, string>;
  readonly #definition: CollectionDefinition;
  readonly #validate: boolean;
  /** The keys of the rows that the collection holds. */
  readonly #stored = new Set<string>();
  /** Whether nothing was committed yet. */
  #isNew = true;
  /** What the next commit stores; undefined removes. */
  #pending = new Map<string, TableRow | undefined>();
  #callbacks!: Callbacks;

  constructor(id: string, definition: CollectionDefinition, validate: boolean) {
    this.#definition = definition;
    this.#validate = validate;
    this.collection = createCollection<TableRow, string>({
      id,
      // Typed as absent where the row type is explicit; TanStack applies it to optimistic rows.
      schema: definition.schema as never,
      getKey: (row) => String(row[definition.primaryKey]),
      startSync: true,
      gcTime: 0,
      sync: {
        rowUpdateMode: "full",
        sync: (callbacks) => {
          this.#callbacks = callbacks;
        },
      },
    });
  }

  /** Stores a row, numbered `seq`, at the next commit. */
  set(change: ChangeEvent, seq: number): Fault | undefined {
    let value = change.value;
    if (this.#validate) {
      const validation = validateNow(this.#definition.schema, value);
      if ("problem" in validation) return invalidRow(change, validation.problem);
      value = validation.value;
    }
    if (typeof value !== "object" || value === null) return notAnObject(change, value);
    const { primaryKey } = this.#definition;
    const row: TableRow = { ...value };
    // A key that only differs in type stays as the schema has it.
    if (String(row[primaryKey]) !== change.key) row[primaryKey] = change.key;
    row._seq = seq;
    this.#pending.set(change.key, row);
    return undefined;
  }

  /** Removes a row at the next commit. */
  remove(key: string): void {
    this.#pending.set(key, undefined);
  }

  /** Removes every row at the next commit. */
  clear(): void {
    this.#pending = new Map();
    for (const key of this.#stored) this.#pending.set(key, undefined);
  }

  /** Removes every row whose key is not among `keys` at the next commit. */
  retain(keys: ReadonlySet<string> | undefined): void {
    for (const key of this.#pending.keys()) if (!keys?.has(key)) this.#pending.set(key, undefined);
    for (const key of this.#stored) if (!keys?.has(key)) this.#pending.set(key, undefined);
  }

  /** Makes what has gathered visible, in one transaction. Throws what a listener of the collection throws. */
  commit(): void {
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    const { begin, write, commit } = this.#callbacks;
    // In the mode `full` an update stores its row whatever was there before. Only into a collection that never held
    // anything rows are inserted, which costs TanStack less: later, one that it still holds back may be in the way.
    const type = this.#isNew ? "insert" : "update";
    this.#isNew = false;
    begin();
    for (const [key, row] of pending) {
      if (row !== undefined) {
        this.#stored.add(key);
        write({ type, value: row });
      } else if (this.#stored.delete(key)) write({ type: "delete", key });
    }
    // Its promise waits for optimistic transactions, which may wait for this commit: it must not be awaited.
    commit();
  }

  /** Tells the collection that it holds what the stream holds. */
  markReady(): void {
    this.#callbacks.markReady();
  }

  /** Tells the collection that its first rows will not come for now. */
  markError(error: Error): void {
    this.#callbacks.markError?.(error);
  }
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
