/** The state that a state stream amounts to at a position, and where each of its rows was changed last. */
import { type ChangeEvent, isChangeEvent, MaterializedState, type StateEvent } from "@perennial/state";
import type { Row } from "../feed/cut-rows.ts";
import { isObject, parseExactly, SentNumber } from "./exact-json.ts";

const decoder = new TextDecoder();

/** One entity. */
export interface Entity {
  readonly key: string;
  readonly value: unknown;
  /** The position after its last change; undefined when only a snapshot's marker touched it. */
  readonly changedAt: number | undefined;
  /** Whether it was deleted; its value is what it was before. */
  readonly isDeleted: boolean;
}

/** Deleted entities of a type that are kept, the newest ones. */
const DELETED_KEPT = 5000;

/** The state of a stream, from its rows in their order. */
export class Replay {
  readonly #state: MaterializedState;
  /** By type and key, the position after the last change. */
  readonly #changedAt = new Map<string, Map<string, number>>();
  /** By type and key, the last value of what was deleted. */
  readonly #deleted = new Map<string, Map<string, unknown>>();
  #events = 0;
  #others = 0;

  constructor() {
    this.#state = new MaterializedState({
      onError: () => {
        this.#others++;
      },
    });
  }

  /** Messages that changed something, or were meant to. */
  get events(): number {
    return this.#events;
  }

  /** Messages that are no state events, or did not fit. */
  get others(): number {
    return this.#others;
  }

  get types(): readonly string[] {
    const types = this.#state.types;
    return [...types, ...[...this.#deleted.keys()].filter((type) => !types.includes(type))];
  }

  /** Applies the next rows of the stream. */
  apply(rows: readonly Row[]): void {
    for (const row of rows) {
      const event = parseEvent(row);
      if (event !== undefined) {
        this.#events++;
        if (isChangeEvent(event)) this.#noteDeletion(event);
        this.#state.apply(event);
        if (isChangeEvent(event)) this.#note(event.type, event.key, row.end);
      } else this.#others++;
    }
  }

  /** The entities of a type, in the order in which they came. */
  entities(type: string): Entity[] {
    const changed = this.#changedAt.get(type);
    return [...this.#state.getType(type)].map(([key, value]) => ({
      key,
      value,
      changedAt: changed?.get(key),
      isDeleted: false,
    }));
  }

  /** The entities of a type that were deleted by a message, and are not there again, in the order in which they went. */
  deleted(type: string): Entity[] {
    const changed = this.#changedAt.get(type);
    return [...(this.#deleted.get(type) ?? [])].map(([key, value]) => ({
      ...{ key, value, changedAt: changed?.get(key), isDeleted: true },
    }));
  }

  #noteDeletion({ type, key, headers }: ChangeEvent): void {
    const known = this.#deleted.get(type);
    known?.delete(key);
    if (headers?.operation !== "delete") return;
    const value = this.#state.get(type, key);
    if (value === undefined) return;
    const deleted = known ?? new Map<string, unknown>();
    deleted.set(key, value);
    if (deleted.size > DELETED_KEPT) deleted.delete(deleted.keys().next().value!);
    this.#deleted.set(type, deleted);
  }

  #note(type: string, key: string, position: number): void {
    const known = this.#changedAt.get(type);
    if (known === undefined) this.#changedAt.set(type, new Map([[key, position]]));
    else known.set(key, position);
  }
}

/** The message of a row as an object; undefined for what cannot be a state event. Its details are for the state to judge. */
export function parseEvent({ bytes }: Row): StateEvent | undefined {
  try {
    const value = parseExactly(decoder.decode(bytes));
    if (!isObject(value) || value.headers === undefined) return undefined;
    // Keys are texts in the end; this one would be another.
    const { key } = value;
    return (key instanceof SentNumber ? { ...value, key: key.text } : value) as unknown as StateEvent;
  } catch {
    return undefined;
  }
}
