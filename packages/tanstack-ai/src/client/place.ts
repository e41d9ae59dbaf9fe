import type { JsonBatch, Offset } from "@perennial/client";
import type { TanStackChunk } from "../types.ts";

/**
 * Where a subscription stands, chunk by chunk: a subscriber that leaves in the middle of a batch goes on behind the last chunk
 * that it was given, not behind the batch.
 */
export class Place {
  /** Where reading begins; undefined before anything was read: from the beginning. */
  #offset: Offset | undefined;
  /** Chunks behind the offset that were given already. */
  #given = 0;

  constructor(offset: Offset | undefined) {
    this.#offset = offset;
  }

  /** Where the next read begins. */
  get offset(): Offset | undefined {
    return this.#offset;
  }

  /** All up to an offset was given. */
  moveTo(offset: Offset): void {
    this.#offset = offset;
    this.#given = 0;
  }

  /** The chunks of a batch that were not given yet. Each counts as given once it is asked for. */
  *take({ items, offset }: JsonBatch<TanStackChunk>): Generator<TanStackChunk> {
    // Batches may be cut elsewhere this time: only the count of chunks is the same.
    if (this.#given >= items.length) {
      this.#given -= items.length;
      this.#offset = offset;
      return;
    }
    for (let at = this.#given; at < items.length; at++) {
      if (at === items.length - 1) this.moveTo(offset);
      else this.#given = at + 1;
      yield items[at];
    }
  }
}
