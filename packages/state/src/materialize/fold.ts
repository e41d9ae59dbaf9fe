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

/** Where the entities are kept. What happens to them is decided by a `Fold` alone. */
export interface StateTarget {
  /** Stores or replaces the entity. A fault means that it cannot, and has not. */
  set(change: ChangeEvent): Fault | undefined;
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
  /** What the open snapshot has mentioned so far; undefined outside one. */
  #mentioned: EntityKeys | undefined;

  constructor(target: StateTarget, onError: StateErrorHandler) {
    this.#target = target;
    this.#onError = onError;
  }

  /** What the open snapshot has mentioned so far; undefined if none is open. */
  get mentioned(): EntityKeys | undefined {
    return this.#mentioned;
  }

  /** Applies one message, which may be anything. Faults go to `onError` and leave the state as it was. */
  apply(message: unknown, batch: BatchPosition, index: number): void {
    const verdict = checkMessage(message);
    let fault: Fault | undefined;
    if (verdict === "change") fault = this.#change(message as ChangeEvent);
    else if (verdict === "control") fault = this.#control((message as ControlEvent).headers.control);
    else fault = verdict;
    if (fault !== undefined) this.#report(fault, message, batch, index);
  }

  /** Forgets an open snapshot, for a state that was emptied from outside. */
  forgetSnapshot(): void {
    this.#mentioned = undefined;
  }

  #change(change: ChangeEvent): Fault | undefined {
    if (change.headers.operation === "delete") this.#target.remove(change.type, change.key);
    else {
      const fault = this.#target.set(change);
      if (fault !== undefined) return fault;
    }
    if (this.#mentioned !== undefined) mention(this.#mentioned, change);
    return checkHeaders(change.headers);
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

function mention(keys: EntityKeys, { type, key }: ChangeEvent): void {
  const known = keys.get(type);
  if (known === undefined) keys.set(type, new Set([key]));
  else known.add(key);
}

/** The offset at which the message ends, if the server named it. */
function endOf(message: unknown): string | undefined {
  const offset = (message as { headers?: { offset?: unknown } } | null | undefined)?.headers?.offset;
  return typeof offset === "string" ? offset : undefined;
}
