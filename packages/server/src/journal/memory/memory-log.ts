/**
 * The log of a server without a disk: everything is durable as soon as it is accepted, and gone with the process.
 * Records settle together once per turn of the event loop. So callers see the same order of events as with a disk,
 * appends of one burst share one wake-up of the readers, and their answers leave in one burst, too, which spares
 * the kernel from waking the client for each of them.
 */

import {
  type Log,
  type LogHealth,
  type LogListener,
  type LogMetrics,
  type PendingRecord,
  READ_CHUNK_BYTES,
  type RecordTarget,
  type Recovery,
  StreamRemoved,
} from "../contract/index.ts";
import { StreamChunks } from "./stream-chunks.ts";

export class MemoryLog implements Log {
  readonly archive = undefined;
  readonly #storeId: string;
  readonly #chunks = new Map<number, StreamChunks>();
  #listener: LogListener | undefined;
  #accepted: PendingRecord[] = [];
  #settling: PendingRecord[] = [];
  #storedBytes = 0;
  readonly #settle = (): void => this.#settleAccepted();

  /** @param storeId unique to this server run: part of its ETags */
  constructor(storeId: string) {
    this.#storeId = storeId;
  }

  open(_target: RecordTarget, listener: LogListener): Promise<Recovery> {
    this.#listener = listener;
    return Promise.resolve({
      streams: 0,
      records: 0,
      bytes: 0,
      tornTail: false,
      elapsedMs: 0,
      lastId: 0,
      storeId: this.#storeId,
    });
  }

  admit(): undefined {
    return undefined;
  }

  append(pending: PendingRecord): void {
    const { record } = pending;
    if (record.kind === "create") {
      const chunks = new StreamChunks(record.fork?.offset ?? 0);
      chunks.append(record.data.parts, record.data.byteLength);
      this.#chunks.set(record.id, chunks);
      this.#storedBytes += record.data.byteLength;
    } else if (record.kind === "append") {
      this.#of(record.id).append(record.data.parts, record.data.byteLength);
      this.#storedBytes += record.data.byteLength;
    }
    if (this.#accepted.push(pending) === 1) setImmediate(this.#settle);
  }

  #settleAccepted(): void {
    const batch = this.#accepted;
    this.#accepted = this.#settling;
    this.#settling = batch;
    for (const pending of batch) {
      if (pending.record.kind === "delete") for (const id of pending.record.removed) this.#drop(id);
    }
    this.#listener?.onDurable(batch);
    batch.length = 0;
  }

  #drop(id: number): void {
    this.#storedBytes -= this.#of(id).byteLength;
    this.#chunks.delete(id);
  }

  read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    return this.#of(id).read(from, Math.min(to, from + READ_CHUNK_BYTES), memory);
  }

  boundaryBefore(id: number, position: number): number {
    return this.#of(id).boundaryBefore(position);
  }

  damageFrom(): undefined {
    return undefined;
  }

  #of(id: number): StreamChunks {
    const chunks = this.#chunks.get(id);
    if (chunks === undefined) throw new StreamRemoved(id);
    return chunks;
  }

  takesRemovals(): boolean {
    return true;
  }

  health(): LogHealth {
    return "ok";
  }

  metrics(): LogMetrics {
    return { storedBytes: this.#storedBytes };
  }

  async close(): Promise<void> {
    this.#settleAccepted();
    this.#chunks.clear();
  }
}
