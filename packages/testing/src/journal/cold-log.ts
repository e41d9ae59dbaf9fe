import type {
  Log,
  LogHealth,
  LogListener,
  LogMetrics,
  PendingRecord,
  Permit,
  RecordTarget,
  Recovery,
} from "@perennial/server/journal";

/** Another log with all its bytes far away: each read has to wait for a turn of the event loop. */
export class ColdLog implements Log {
  readonly #log: Log;
  /** Reads so far. */
  reads = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get archive(): Log["archive"] {
    return this.#log.archive;
  }

  open(target: RecordTarget, listener: LogListener): Promise<Recovery> {
    return this.#log.open(target, listener);
  }

  admit(byteLength: number): Promise<Permit> | undefined {
    return this.#log.admit(byteLength);
  }

  append(pending: PendingRecord): void {
    this.#log.append(pending);
  }

  async read(id: number, from: number, to: number, memory?: Uint8Array): Promise<Uint8Array> {
    this.reads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return this.#log.read(id, from, to, memory);
  }

  boundaryBefore(id: number, position: number): number {
    return this.#log.boundaryBefore(id, position);
  }

  damageFrom(id: number, position: number): number | undefined {
    return this.#log.damageFrom(id, position);
  }

  takesRemovals(): boolean {
    return this.health() === "ok";
  }

  health(): LogHealth {
    return this.#log.health();
  }

  metrics(): LogMetrics {
    return this.#log.metrics();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
