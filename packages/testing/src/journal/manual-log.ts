/**
 * A log for tests that settles records when it is told to: what happens between acceptance and durability, and
 * what happens when durability fails, can be walked through step by step.
 */
import {
  type Log,
  type LogFailure,
  type LogHealth,
  type LogListener,
  type LogMetrics,
  type PendingRecord,
  type Permit,
  READ_CHUNK_BYTES,
  type Recovery,
  type RecoveryTarget,
  StreamRemoved,
} from "@perennial/server/journal";
import { PlainStream } from "./plain-stream.ts";

/** An accepted record with its own copy of the record's bytes. */
interface Accepted<Pending> {
  readonly pending: Pending;
  readonly bytes: Uint8Array;
}

export class ManualLog<Pending extends PendingRecord> implements Log<Pending> {
  /** Every stream stays in memory. */
  readonly archive = undefined;
  readonly #streams = new Map<number, PlainStream>();
  readonly #accepted: Accepted<Pending>[] = [];
  readonly #waiters: (() => void)[] = [];
  #listener: LogListener<Pending> | undefined;
  #room: Promise<void> | undefined;
  #letIn: () => void = () => {};
  #health: LogHealth = "ok";

  open(_target: RecoveryTarget, listener: LogListener<Pending>): Promise<Recovery> {
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
    for (const { pending, bytes } of batch) this.#store(pending, bytes);
    if (batch.length > 0) this.#listener?.onDurable(batch.map(({ pending }) => pending));
  }

  /** Loses all unsettled records. Appends are refused from then on, in case of `full` until `recover`. */
  fail(kind: LogFailure["kind"]): void {
    this.#health = kind === "full" ? "full" : "read-only";
    const lost = this.#accepted.splice(0);
    const cause = new Error(`told to fail: ${kind}`);
    if (lost.length > 0)
      this.#listener?.onFailed(
        lost.map(({ pending }) => pending),
        { kind, cause },
      );
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

  #store({ record }: Pending, bytes: Uint8Array): void {
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

  append(pending: Pending): void {
    if (this.#health !== "ok") throw new Error(`append to a log that is ${this.#health}`);
    const { record } = pending;
    const parts = "data" in record ? record.data.parts : [];
    this.#accepted.push({ pending, bytes: Buffer.concat(parts) });
    for (const wake of this.#waiters.splice(0)) wake();
  }

  read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    return this.#of(id).read(from, Math.min(to, from + READ_CHUNK_BYTES), memory);
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
