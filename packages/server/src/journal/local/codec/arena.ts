/**
 * Memory for the many short-lived values of a transaction, handed out piece by piece and taken back all at once.
 *
 * Why not a fresh array for each: V8 counts array buffers as external memory and answers their growth with full
 * collections, several for one checkpoint, each longer than anything else that holds up the event loop.
 */
import { allocateBlock, type Block } from "./bytes.ts";

/** A transaction of a checkpoint fits, as a rule. */
const BLOCK_BYTES = 2 * 1024 * 1024;

export class Arena {
  #block: Block = allocateBlock(0);
  #at = 0;

  /** Where the next piece begins in the block that `reserve` gives. */
  get at(): number {
    return this.#at;
  }

  /** The block in which the next piece lies, with `room` bytes free from `at` on. */
  reserve(room: number): Block {
    if (this.#block.bytes.length - this.#at < room) {
      this.#block = allocateBlock(Math.max(room, BLOCK_BYTES));
      this.#at = 0;
    }
    return this.#block;
  }

  /** Hands out the next `length` bytes, which were reserved. They may hold anything. */
  take(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    return this.#block.bytes.subarray(from, this.#at);
  }

  /** Takes everything back; what was handed out must not be used any more. An unusually large block is let go. */
  reset(): void {
    if (this.#block.bytes.length > BLOCK_BYTES) this.#block = allocateBlock(0);
    this.#at = 0;
  }
}
