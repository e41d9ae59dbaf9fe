/**
 * A log for tests that settles records when it is told to: what happens between acceptance and durability, and
 * what happens when durability fails, can be walked through step by step.
 */
import {
  AppendRefused,
  type Log,
  type LogFailure,
  type LogHealth,
  type LogListener,
  type LogMetrics,
  type PendingRecord,
  type Permit,
  READ_CHUNK_BYTES,
  type RecordTarget,
  type Recovery,
  type StreamRecord,
  StreamRemoved,
} from "@perennial/server/journal";
import { PlainStream } from "./plain-stream.ts";

const HEALTH_AFTER = { full: "full", failed: "read-only", taken: "not-owner" } as const;

function bytesOf(record: StreamRecord): Uint8Array {
  const hasData = record.kind === "create" || record.kind === "append";
  return Buffer.concat(hasData ? record.data.parts : []);
}

/** An accepted record with its own copy of the record's bytes. */
interface Accepted {
  readonly pending: PendingRecord;
  readonly bytes: Uint8Array;
}

export class ManualLog implements Log {
  /** Every stream stays in memory. */
  readonly archive = undefined;
  readonly #streams = new Map<number, PlainStream>();
  readonly #accepted: Accepted[] = [];
  readonly #waiters: (() => void)[] = [];
  #target: RecordTarget | undefined;
  #listener: LogListener | undefined;
  #room: Promise<void> | undefined;
  #letIn: () => void = () => {};
  #health: LogHealth = "ok";

  open(target: RecordTarget, listener: LogListener): Promise<Recovery> {
    this.#target = target;
    this.#listener = listener;
    const nothing = { streams: 0, records: 0, bytes: 0, tornTail: false, elapsedMs: 0, lastId: 0 };
    return Promise.resolve({ ...nothing, storeId: "manual" });
  }

  /** Records that are accepted and not settled. */
  get unsettled(): number {
    return this.#accepted.length;
  }

  /** Resolves once at least `count` records are accepted and not settled. */
  async accepted(count = 1): Promise<void> {
    while (this.#accepted.length < count) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Makes the oldest `count` unsettled records durable; all of them by default. */
  settle(count = this.#accepted.length): void {
    const batch = this.#accepted.splice(0, count);
    for (const { pending, bytes } of batch) this.#store(pending.record, bytes);
    if (batch.length > 0) this.#listener?.onDurable(batch.map(({ pending }) => pending));
  }

  /** Loses all unsettled records. Appends are refused from then on, in case of `full` until `recover`. */
  fail(kind: LogFailure["kind"]): void {
    this.#health = HEALTH_AFTER[kind];
    const lost = this.#accepted.splice(0);
    const cause = new Error(`told to fail: ${kind}`);
    if (lost.length > 0)
      this.#listener?.onFailed(
        lost.map(({ pending }) => pending),
        { kind, cause },
      );
  }

  /** Brings records of whoever owns the log now, after `fail("taken")`. */
  deliver(...records: readonly StreamRecord[]): void {
    for (const record of records) {
      this.#store(record, bytesOf(record));
      this.#target!.apply(record, () => true);
    }
    this.#target!.onApplied();
  }

  /** Takes appends again after `fail("full")`. */
  recover(): void {
    if (this.#health === "full") this.#health = "ok";
  }

  /** From now on `admit` makes callers wait. */
  holdBack(): void {
    this.#room ??= new Promise((resolve) => {
      this.#letIn = resolve;
    });
  }

  /** Ends `holdBack`. */
  letIn(): void {
    this.#room = undefined;
    this.#letIn();
  }

  #store(record: StreamRecord, bytes: Uint8Array): void {
    if (record.kind === "create") {
      this.#streams.set(record.id, new PlainStream(record.fork?.offset ?? 0, bytes));
    } else if (record.kind === "append") {
      this.#of(record.id).append(bytes);
    } else if (record.kind === "delete") {
      for (const id of record.removed) this.#streams.delete(id);
    }
  }

  admit(byteLength = 0): Promise<Permit> | undefined {
    return this.#room?.then(() => ({ byteLength, release: () => undefined }));
  }

  append(pending: PendingRecord): void {
    if (this.#health !== "ok") throw new AppendRefused(this.#health);
    this.#accepted.push({ pending, bytes: bytesOf(pending.record) });
    for (const wake of this.#waiters.splice(0)) wake();
  }

  read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    return this.#of(id).read(from, Math.min(to, from + READ_CHUNK_BYTES), memory);
  }

  damageFrom(): undefined {
    return undefined;
  }

  boundaryBefore(id: number, position: number): number {
    return this.#of(id).boundaryBefore(position);
  }

  #of(id: number): PlainStream {
    const stream = this.#streams.get(id);
    if (stream === undefined) throw new StreamRemoved(id);
    return stream;
  }

  takesRemovals(): boolean {
    return this.#health === "ok";
  }

  health(): LogHealth {
    return this.#health;
  }

  metrics(): LogMetrics {
    return { unsettledRecords: this.#accepted.length };
  }

  async close(): Promise<void> {
    this.settle();
  }
}
