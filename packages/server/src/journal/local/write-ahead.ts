/**
 * Long records are written ahead. In one write of its own a record of 60 MB would hold up all that come behind it for a
 * fifth of a second, and to copy and sum it up would hold up the event loop for half of that. So its data is brought to
 * where it will lie before its place in the log is known: into a segment of its own, a slice at a time, while others
 * append to the current one. When the record is accepted, the log goes on in that segment, and what is left to be written is the
 * beginning of the frame. Until then the file begins with no frame, so after a crash it is one that is not needed.
 */
import { HEADROOM_BYTES, type StoredBytes, type StreamRecord } from "../../stream/records.ts";
import { allocateBlock, type Block, blockOf } from "./codec/bytes.ts";
import { continuedCrc32 } from "./codec/crc32.ts";
import type { DataAhead } from "./codec/frame.ts";
import { headRoom } from "./codec/record-codec.ts";
import type { OnTrouble } from "./segment.ts";
import type { AheadSegment, Segments } from "./segments.ts";

// What precedes the data in its frame has `HEADROOM_BYTES`; a record that needs more is written like a short one.

/** The frame of a record that is written, but for its beginning. */
export interface Ahead extends DataAhead {
  /** Whose bytes they are: the very object. */
  readonly data: StoredBytes;
  /** The frame, and nothing else. */
  readonly block: Block;
  readonly segment: AheadSegment;
}

export class AheadWriter {
  readonly #segments: Segments;
  readonly #onTrouble: OnTrouble;
  readonly #sliceBytes: number;
  #written: Ahead | undefined;
  #stopped = false;

  /** @param sliceBytes written in one go at most; half a mebibyte takes half a millisecond to be summed up */
  constructor(segments: Segments, onTrouble: OnTrouble, sliceBytes: number) {
    this.#segments = segments;
    this.#onTrouble = onTrouble;
    this.#sliceBytes = sliceBytes;
  }

  /**
   * Writes the data of a record that is to be appended, once nobody else's is under way. Its memory is the log's from then
   * on. Call what it resolves to when the record was appended, or will not be. Never rejects: a record that cannot be written
   * ahead is written like a short one, and meets the same trouble there.
   */
  async write(data: StoredBytes): Promise<() => void> {
    try {
      const segment = await this.#segments.openAhead();
      if (segment !== undefined) await this.#writeTo(segment, data);
    } catch (error) {
      this.#onTrouble("writing a long record ahead", error);
    }
    return () => {
      if (this.#written?.data === data) this.#dropWritten();
    };
  }

  /** What is written and waits for its record. */
  get written(): Ahead | undefined {
    return this.#written;
  }

  /** What was written of that record: the caller has the log go on in its segment, or drops it. */
  take(record: StreamRecord): Ahead | undefined {
    const written = this.#written;
    const hasData = record.kind === "append" || record.kind === "create";
    if (written === undefined || !hasData || record.data !== written.data) return undefined;
    if (headRoom(record) > written.dataAt) return undefined;
    this.#written = undefined;
    return written;
  }

  async #writeTo(segment: AheadSegment, data: StoredBytes): Promise<void> {
    const owned = frameAround(data);
    const block = owned ?? allocateBlock(HEADROOM_BYTES + data.byteLength);
    const source = owned === undefined ? new Source(data.parts) : undefined;
    let checksum = 0;
    try {
      for (let at = HEADROOM_BYTES; at < block.bytes.length && !this.#stopped; at += this.#sliceBytes) {
        const slice = block.bytes.subarray(at, at + this.#sliceBytes);
        source?.copyTo(slice);
        checksum = continuedCrc32(slice, checksum);
        await segment.file.write([slice], at);
      }
    } catch (error) {
      await this.#segments.dropAhead();
      throw error;
    }
    if (this.#stopped) await this.#segments.dropAhead();
    else this.#written = { data, block, segment, dataAt: HEADROOM_BYTES, checksum };
  }

  #dropWritten(): void {
    this.#written = undefined;
    this.drop();
  }

  /** Drops what was taken. */
  drop(): void {
    this.#segments
      .dropAhead()
      .catch((error: unknown) => this.#onTrouble("dropping what was written ahead", error));
  }

  /** Breaks off what is under way and drops what nobody has appended: the log is to be closed. */
  stop(): void {
    this.#stopped = true;
    if (this.#written !== undefined) this.#dropWritten();
  }
}

/** The frame of data that has room for the rest of it right before it in its own memory; undefined: it has none. */
function frameAround({ parts, headroom = 0 }: StoredBytes): Block | undefined {
  if (headroom < HEADROOM_BYTES || parts.length !== 1) return undefined;
  const { buffer, byteOffset, length } = parts[0]!;
  return blockOf(new Uint8Array(buffer, byteOffset - HEADROOM_BYTES, HEADROOM_BYTES + length));
}

/** Bytes in parts, copied out one slice after another. */
class Source {
  readonly #parts: readonly Uint8Array[];
  #part = 0;
  /** Bytes of the part that are copied. */
  #at = 0;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
  }

  copyTo(slice: Uint8Array): void {
    for (let filled = 0; filled < slice.length; ) {
      const part = this.#parts[this.#part]!;
      const fitting = part.subarray(this.#at, this.#at + slice.length - filled);
      slice.set(fitting, filled);
      filled += fitting.length;
      this.#at += fitting.length;
      if (this.#at < part.length) continue;
      this.#part += 1;
      this.#at = 0;
    }
  }
}
