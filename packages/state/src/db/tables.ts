import type { Collection } from "@tanstack/db";
import type { EntityKeys, StateTarget, Updates } from "../materialize/fold.ts";
import type { Fault } from "../protocol/errors.ts";
import type { ChangeEvent } from "../protocol/events.ts";
import type { StreamStateDefinition } from "../schema/definition.ts";
import type { DropWatch } from "./drop-watch.ts";
import { Table, type TableRow } from "./table.ts";

/** Told when a collection could not take something in: its name, and what it threw. */
type CollectionErrorHandler = (name: string, error: unknown) => void;

/** All collections of a database. Changes of types that no collection has are none of its business. */
export class Tables implements StateTarget {
  readonly #byName = new Map<string, Table>();
  readonly #byType = new Map<string, Table>();
  #sequence = 0;

  constructor(
    definitions: StreamStateDefinition,
    idOf: (name: string) => string,
    validate: boolean,
    dropWatch: DropWatch | undefined,
  ) {
    for (const [name, definition] of Object.entries(definitions)) {
      const table = new Table(idOf(name), definition, validate, dropWatch);
      this.#byName.set(name, table);
      this.#byType.set(definition.type, table);
    }
  }

  /** The collections by name. */
  get collections(): Record<string, Collection<TableRow, string>> {
    return Object.fromEntries([...this.#byName].map(([name, table]) => [name, table.collection]));
  }

  set(change: ChangeEvent, key: string, updates: Updates): Fault | undefined {
    const table = this.#byType.get(change.type);
    return table === undefined ? undefined : table.set(change, key, updates, this.#sequence++);
  }

  remove(type: string, key: string): void {
    this.#byType.get(type)?.remove(key);
  }

  clear(): void {
    for (const table of this.#byType.values()) table.clear();
  }

  retain(keys: EntityKeys): void {
    for (const [type, table] of this.#byType) table.retain(keys.get(type));
  }

  /**
   * Makes what has gathered visible a few rows at a time, and pauses after each: for the first rows, which are many, of
   * collections that nobody takes for complete yet.
   */
  *commitGradually(onError: CollectionErrorHandler): Generator<void> {
    for (const [name, table] of this.#byName) {
      yield* table.commitGradually((work) => attempt(name, work, onError));
    }
  }

  /** Makes what has gathered visible. What one collection throws keeps none of the others back. */
  commit(onError: CollectionErrorHandler): void {
    for (const [name, table] of this.#byName) attempt(name, () => table.commit(), onError);
  }

  /** Tells every collection that it is complete. */
  markReady(onError: CollectionErrorHandler): void {
    for (const [name, table] of this.#byName) attempt(name, () => table.markReady(), onError);
  }

  /** Starts collections again that somebody has cleaned up. */
  restart(): void {
    for (const table of this.#byName.values()) table.restart();
  }

  /** Tells every collection that its first rows will not come for now. */
  markError(error: Error): void {
    for (const table of this.#byName.values()) table.markError(error);
  }
}

function attempt(name: string, work: () => void, onError: CollectionErrorHandler): void {
  try {
    work();
  } catch (error) {
    onError(name, error);
  }
}
