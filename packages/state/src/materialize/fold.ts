import { checkHeaders, checkMessage } from "../protocol/check.ts";
import {
  type Fault,
  type MessagePosition,
  type StateErrorHandler,
  StateStreamError,
} from "../protocol/errors.ts";
import type { ChangeEvent, ControlEvent } from "../protocol/events.ts";

/** The keys of some entities, by type. */
export type EntityKeys = Map<string, Set<string>>;

/**
 * What a change does to an entity that is there: `replace` it, as the protocol has it, or `merge` its fields into it, one
 * level deep, as readers did before (`@durable-streams/state`), whose writers may have written parts of entities.
 */
export type Updates = "replace" | "merge";

/** Where the entities are kept. What happens to them is decided by a `Fold` alone. */
export interface StateTarget {
  /**
   * Stores the entity `key`. A fault means that it cannot, and has not.
   *
   * @param updates what happens to an entity that is there
   */
  set(change: ChangeEvent, key: string, updates: Updates): Fault | undefined;
  /** Removes the entity, if it is there. */
  remove(type: string, key: string): void;
  /** Removes every entity. */
  clear(): void;
  /** Removes every entity that is not among `keys`. */
  retain(keys: EntityKeys): void;
}

/** Where the messages that are being applied stand in their stream. */
export interface BatchPosition {
  /** The offset at which they begin. */
  readonly after?: string | undefined;
  /** The offset at which they end. */
  readonly offset?: string | undefined;
}

/**
 * Turns the messages of a state stream into state, one by one (State Protocol, 6). Every rule of materialising is
 * here, for `MaterializedState` and for collections alike.
 *
 * A snapshot is applied as its messages come, and its end removes what it did not mention. That equals building it
 * aside and swapping it in, and it stays right for a snapshot whose writer died before the end.
 */
export class Fold {
  readonly #target: StateTarget;
  readonly #onError: StateErrorHandler;
  readonly #updates: Updates;
  /** What the open snapshot has mentioned so far; undefined outside one. */
  #mentioned: EntityKeys | undefined;

  constructor(target: StateTarget, onError: StateErrorHandler, updates: Updates = "replace") {
    this.#target = target;
    this.#onError = onError;
    this.#updates = updates;
  }

  /** What the open snapshot has mentioned so far; undefined if none is open. */
  get mentioned(): EntityKeys | undefined {
    return this.#mentioned;
  }

  /** Applies one message, which may be anything. Faults go to `onError` and leave the state as it was. */
  apply(message: unknown, batch: BatchPosition, index: number): void {
    const verdict = checkMessage(message);
    let fault: Fault | undefined;
    if (verdict.kind === "rejected") fault = verdict.rejection;
    else if (verdict.kind === "change") fault = this.#change(message as ChangeEvent);
    else fault = this.#control((message as ControlEvent).headers.control);
    if (fault !== undefined) this.#report(fault, message, batch, index);
  }

  /** Forgets an open snapshot, for a state that was emptied from outside. */
  forgetSnapshot(): void {
    this.#mentioned = undefined;
  }

  #change(change: ChangeEvent): Fault | undefined {
    const { type, headers } = change;
    // Some writers send numbers. They name what their text names.
    const key = String(change.key);
    if (headers.operation === "delete") this.#target.remove(type, key);
    else {
      const fault = this.#target.set(change, key, this.#updatesOf(type, key));
      if (fault !== undefined) return fault;
    }
    if (this.#mentioned !== undefined) mention(this.#mentioned, type, key);
    return checkHeaders(headers);
  }

  /** A snapshot is complete by itself: what was there before it has no part in its entities. */
  #updatesOf(type: string, key: string): Updates {
    const isFirst = this.#mentioned !== undefined && !this.#mentioned.get(type)?.has(key);
    return isFirst ? "replace" : this.#updates;
  }

  #control(control: ControlEvent["headers"]["control"]): Fault | undefined {
    const mentioned = this.#mentioned;
    this.#mentioned = control === "snapshot-start" ? new Map() : undefined;
    if (control === "reset") this.#target.clear();
    else if (control === "snapshot-end") {
      if (mentioned === undefined) {
        return { code: "SNAPSHOT_NOT_STARTED", message: "snapshot-end without a snapshot-start" };
      }
      this.#target.retain(mentioned);
    } else if (mentioned !== undefined) {
      return { code: "SNAPSHOT_NOT_ENDED", message: "snapshot-start inside a snapshot: it begins anew" };
    }
    return undefined;
  }

  #report(fault: Fault, event: unknown, batch: BatchPosition, index: number): void {
    const position: MessagePosition = { after: batch.after, index, offset: endOf(event) ?? batch.offset };
    this.#onError(new StateStreamError(fault, { position, event }));
  }
}

function mention(keys: EntityKeys, type: string, key: string): void {
  const known = keys.get(type);
  if (known === undefined) keys.set(type, new Set([key]));
  else known.add(key);
}

/** The offset at which the message ends, if the server named it. */
function endOf(message: unknown): string | undefined {
  const offset = (message as { headers?: { offset?: unknown } } | null | undefined)?.headers?.offset;
  return typeof offset === "string" ? offset : undefined;
}
