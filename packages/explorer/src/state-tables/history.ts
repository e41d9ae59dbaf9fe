/** How one entity came to be what it is. */
import {
  type ChangeEvent,
  type ControlEvent,
  isChangeEvent,
  isControlEvent,
  MaterializedState,
} from "@perennial/state";
import type { Row } from "../feed/cut-rows.ts";
import { parseEvent } from "./replay.ts";

/** One message that concerned the entity. */
export interface HistoryEntry {
  /** The position after the message. */
  readonly end: number;
  /** What was done: an operation, or a control message that removed it. */
  readonly operation: string;
  /** When, if the writer said so. */
  readonly timestamp: string | undefined;
  readonly before: unknown;
  readonly after: unknown;
}

/** Gathers the history of one entity from the rows of its stream. The oldest entries give way to a bound. */
export class History {
  readonly #type: string;
  readonly #key: string;
  readonly #limit: number;
  readonly #state = new MaterializedState({ onError: () => {} });
  #entries: HistoryEntry[] = [];

  /** @param limit entries kept, the newest ones, at least 1 */
  constructor(type: string, key: string, limit: number) {
    this.#type = type;
    this.#key = key;
    this.#limit = limit;
  }

  /** Oldest first. */
  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  apply(rows: readonly Row[]): void {
    for (const row of rows) {
      const event = parseEvent(row);
      if (event === undefined) continue;
      const isOwn = isChangeEvent(event) && event.type === this.#type && event.key === this.#key;
      // Of other entities nothing is kept: a snapshot's end removes this one if the snapshot did not mention it.
      if (!isOwn && (isChangeEvent(event) || !isControlEvent(event))) continue;
      const before = this.#value();
      this.#state.apply(event);
      const after = this.#value();
      if (!isOwn && before === after) continue;
      const { headers } = event;
      const { operation, control, timestamp } = headers as Partial<
        ChangeEvent["headers"] & ControlEvent["headers"]
      >;
      this.#entries.push({ end: row.end, operation: operation ?? control!, timestamp, before, after });
    }
    if (this.#entries.length > this.#limit) this.#entries = this.#entries.slice(-this.#limit);
  }

  #value(): unknown {
    return this.#state.get(this.#type, this.#key);
  }
}
