/**
 * The smallest caller a log can have: states by id, and a list of what became of each record. It stands in for
 * the shard where a log is tested by itself.
 */
import {
  type AppendRecord,
  type CreateRecord,
  changedIds,
  evolve,
  initialState,
  type Log,
  type LogFailure,
  type LogListener,
  type PendingRecord,
  type RecordTarget,
  type StreamRecord,
  type StreamState,
} from "@perennial/server/journal";
import { PLAIN_SETTINGS } from "./plain-settings.ts";

export interface ModelRecord extends PendingRecord {
  /** Set when the record settles: `durable`, or why it was lost. */
  outcome: "durable" | LogFailure | undefined;
}

export class Model implements LogListener, RecordTarget {
  readonly states = new Map<number, StreamState>();
  readonly settled: ModelRecord[] = [];
  readonly log: Log;
  /** Called within `onDurable`, after the batch was noted. */
  afterDurable: () => void = () => {};
  #lastId = 0;
  #unsettled = 0;
  #idle: (() => void)[] = [];

  constructor(log: Log) {
    this.log = log;
  }

  async open(): Promise<this> {
    const recovery = await this.log.open(this, this);
    this.#lastId = Math.max(this.#lastId, recovery.lastId);
    return this;
  }

  /** The state of a stream, from memory or from the archive. */
  stateOf(id: number): StreamState {
    const state = this.states.get(id) ?? this.log.archive?.byId(id);
    if (state === undefined) throw new Error(`no stream with id ${id}`);
    this.states.set(id, state);
    return state;
  }

  /** Creates a stream and returns its id. */
  create(fields: Partial<CreateRecord> = {}): number {
    const id = this.#lastId + 1;
    const data = fields.data ?? bytes("");
    this.accept({
      ...{ kind: "create", id, at: 1_000_000, path: `/streams/${id}`, contentType: "text/plain" },
      ...PLAIN_SETTINGS,
      data,
      ...fields,
    });
    return id;
  }

  /** Forks a stream at a position of it and returns the fork's id. */
  fork(sourceId: number, offset: number, fields: Partial<CreateRecord> = {}): number {
    const sourcePath = this.stateOf(sourceId).path;
    const origin = {
      ...{ sourceId, sourcePath, anchor: offset, subOffset: 0, offset },
      ...{ inheritsLifetime: true, inheritsMaxBytes: true },
    };
    return this.create({ fork: origin, ...fields });
  }

  /** Appends text to a stream. */
  append(id: number, text: string | Uint8Array, fields: Partial<AppendRecord> = {}): void {
    const position = this.stateOf(id).tail;
    const data = bytes(text);
    this.accept({
      ...{ kind: "append", id, at: 2_000_000, position, data, closes: false },
      ...{ producer: undefined, streamSeq: undefined },
      ...fields,
    });
  }

  /** Removes a stream that has no forks, with the given soft-deleted sources. */
  remove(id: number, alsoRemoved: readonly number[] = [], released?: number): void {
    this.accept({ kind: "delete", id, at: 3_000_000, removed: [id, ...alsoRemoved], released });
  }

  /** Soft-deletes a stream that has forks. */
  softDelete(id: number): void {
    this.accept({ kind: "delete", id, at: 3_000_000, removed: [], released: undefined });
  }

  /** Evolves the states and hands the record to the log. */
  accept(record: StreamRecord): void {
    this.#lastId = Math.max(this.#lastId, record.id);
    const changed = changedIds(record).map((id) => this.stateOf(id));
    for (const state of changed) evolve(state, record);
    if (record.kind === "create") this.states.set(record.id, initialState(record));
    const others = record.kind === "create" ? changed : changed.slice(1);
    this.#unsettled += 1;
    const pending: ModelRecord = { record, state: this.stateOf(record.id), others, outcome: undefined };
    this.log.append(pending);
  }

  /** Resolves when every accepted record has settled. */
  async quiet(): Promise<void> {
    while (this.#unsettled > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** All bytes `[from, to)` of a stream's own range, read in as many steps as the log wants. */
  async text(id: number, from = 0, to = this.stateOf(id).tail): Promise<string> {
    const pieces: Uint8Array[] = [];
    for (let at = from; at < to; ) {
      const piece = await this.log.read(id, at, to);
      pieces.push(piece);
      at += piece.length;
    }
    return Buffer.concat(pieces).toString("latin1");
  }

  onDurable(batch: readonly ModelRecord[]): void {
    this.#settle(batch, "durable");
    this.afterDurable();
  }

  onFailed(batch: readonly ModelRecord[], failure: LogFailure): void {
    this.#settle(batch, failure);
  }

  onArchived(): void {}

  onApplied(): void {}

  #settle(batch: readonly ModelRecord[], outcome: "durable" | LogFailure): void {
    for (const pending of batch) {
      pending.outcome = outcome;
      this.settled.push(pending);
    }
    this.#unsettled -= batch.length;
    if (this.#unsettled === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  apply(record: StreamRecord, applies: (id: number) => boolean): readonly StreamState[] {
    this.#lastId = Math.max(this.#lastId, record.id);
    const changed: StreamState[] = [];
    if (record.kind === "create" && applies(record.id)) {
      const created = initialState(record);
      this.states.set(record.id, created);
      changed.push(created);
    }
    for (const id of changedIds(record)) {
      if (!applies(id)) continue;
      const state = this.stateOf(id);
      evolve(state, record);
      if (state.life === "removed") this.states.delete(id);
      changed.push(state);
    }
    return changed;
  }
}

/** Text (one byte per character) as the bytes of a record. */
export function bytes(content: string | Uint8Array): { parts: readonly Uint8Array[]; byteLength: number } {
  const part = typeof content === "string" ? Buffer.from(content, "latin1") : content;
  return { parts: part.length === 0 ? [] : [part], byteLength: part.length };
}
