import type { Collection } from "@tanstack/db";
import type { EntityKeys, StateTarget } from "../materialize/fold.ts";
import type { Fault } from "../protocol/errors.ts";
import type { ChangeEvent } from "../protocol/events.ts";
import type { StreamStateDefinition } from "../schema/definition.ts";
import { Table, type TableRow } from "./table.ts";

/** All collections of a database. Changes of types that no collection has are none of its business. */
export class Tables implements StateTarget {
  readonly #byName = new Map<string, Table>();
  readonly #byType = new Map<string, Table>();
  #sequence = 0;

  constructor(definitions: StreamStateDefinition, idOf: (name: string) => string, validate: boolean) {
    for (const [name, definition] of Object.entries(definitions)) {
      const table = new Table(idOf(name), definition, validate);
      this.#byName.set(name, table);
      this.#byType.set(definition.type, table);
    }
  }

  /** The collections by name. */
  get collections(): Record<string, Collection<TableRow, string>> {
    return Object.fromEntries([...this.#byName].map(([name, table]) => [name, table.collection]));
  }

  set(change: ChangeEvent): Fault | undefined {
    const table = this.#byType.get(change.type);
    return table === undefined ? undefined : table.set(change, this.#sequence++);
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

  /** Makes what has gathered visible. What one collection throws keeps none of the others back. */
  commit(onError: (name: string, error: unknown) => void): void {
    this.#each((table) => table.commit(), onError);
  }

  /** Tells every collection that it is complete. */
  markReady(onError: (name: string, error: unknown) => void): void {
    this.#each((table) => table.markReady(), onError);
  }

  /** Tells every collection that its first rows will not come for now. */
  markError(error: Error): void {
    for (const table of this.#byName.values()) table.markError(error);
  }

  #each(work: (table: Table) => void, onError: (name: string, error: unknown) => void): void {
    for (const [name, table] of this.#byName) {
      try {
        work(table);
      } catch (error) {
        onError(name, error);
      }
    }
  }
}
