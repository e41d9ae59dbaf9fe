import { reportToConsole, type StateErrorHandler } from "../protocol/errors.ts";
import type { ChangeEvent, StateEvent } from "../protocol/events.ts";
import { type BatchPosition, type EntityKeys, Fold, type StateTarget, type Updates } from "./fold.ts";
import { merged } from "./merge.ts";
import { stateEvents } from "./state-events.ts";

/** Options of `new MaterializedState()`. */
export interface MaterializedStateOptions {
  /** Told of every message that could not be applied as it stands. Default: `console.error`. */
  onError?: StateErrorHandler | undefined;
  /** What a change does to an entity that is there. Default `replace`. */
  updates?: Updates | undefined;
}

const NOWHERE: BatchPosition = {};

/**
 * The state that a state stream amounts to, in memory: by type, by key. Messages have to be applied in stream order.
 * What does not fit the protocol is told to `onError` and skipped; only what `onError` throws is thrown.
 *
 * @example
 * ```ts
 * import { MaterializedState } from "@perennial/state";
 * const state = new MaterializedState();
 * state.apply({ type: "user", key: "1", value: { name: "Ada" }, headers: { operation: "insert" } });
 * console.log(state.get("user", "1"));
 * ```
 */
export class MaterializedState {
  readonly #entities = new Entities();
  readonly #fold: Fold;

  constructor(options: MaterializedStateOptions = {}) {
    this.#fold = new Fold(this.#entities, options.onError ?? reportToConsole, options.updates);
  }

  /** Applies one message. `batch` says where it was read, for reports. */
  apply(event: StateEvent, batch: BatchPosition = NOWHERE): void {
    this.#fold.apply(event, batch, 0);
  }

  /** Applies messages in order. `batch` says where they were read, for reports. */
  applyBatch(events: ReadonlyArray<StateEvent>, batch: BatchPosition = NOWHERE): void {
    for (let index = 0; index < events.length; index++) this.#fold.apply(events[index], batch, index);
  }

  /** The value of an entity, as it was given, or undefined. */
  get<T = unknown>(type: string, key: string): T | undefined {
    return this.#entities.types.get(type)?.get(key) as T | undefined;
  }

  /** The entities of a type by key: the map in use if the type is known, else an empty one. */
  getType(type: string): Map<string, unknown> {
    return this.#entities.types.get(type) ?? new Map();
  }

  /** Forgets all entities and types, and an open snapshot. */
  clear(): void {
    this.#entities.clear();
    this.#fold.forgetSnapshot();
  }

  /** How many types were seen, those included that have no entity left. */
  get typeCount(): number {
    return this.#entities.types.size;
  }

  /** The types that were seen, in order of their first appearance. */
  get types(): Array<string> {
    return [...this.#entities.types.keys()];
  }

  /**
   * The messages that rebuild this state from nothing: a snapshot with an upsert for each entity, sorted by type and
   * key. If a snapshot is open in the stream, so it is after these messages.
   *
   * @param offset the position in the stream that the state belongs to
   */
  events(offset?: string): Generator<StateEvent> {
    return stateEvents(this.#entities.types, this.#fold.mentioned, offset);
  }
}

/** Entities by type and key. */
class Entities implements StateTarget {
  readonly types = new Map<string, Map<string, unknown>>();
  /** The type that was used last, and its entities: changes of one type often come in a row. */
  #lastType: string | undefined;
  #last = new Map<string, unknown>();

  set({ type, value }: ChangeEvent, key: string, updates: Updates): undefined {
    const entities = this.#ofType(type);
    entities.set(key, updates === "merge" ? merged(entities.get(key), value) : value);
  }

  remove(type: string, key: string): void {
    this.#ofType(type).delete(key);
  }

  clear(): void {
    this.types.clear();
    this.#lastType = undefined;
  }

  retain(keys: EntityKeys): void {
    for (const [type, entities] of this.types) {
      const kept = keys.get(type);
      for (const key of entities.keys()) if (!kept?.has(key)) entities.delete(key);
    }
  }

  #ofType(type: string): Map<string, unknown> {
    if (type === this.#lastType) return this.#last;
    let entities = this.types.get(type);
    if (entities === undefined) {
      entities = new Map();
      this.types.set(type, entities);
    }
    this.#lastType = type;
    this.#last = entities;
    return entities;
  }
}
