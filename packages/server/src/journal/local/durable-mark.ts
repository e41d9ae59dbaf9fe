/**
 * The file `durable` beside the segments: up to where the log is known to be durable, and which segment holds the
 * last byte of that. A log that ends before its mark has lost acknowledged records, whatever became of them: a segment
 * that was deleted, emptied or cut short, or a last record that was damaged, none of which the segments themselves
 * could tell from the end that a crash leaves.
 *
 * Two slots are written in turn, each in a sector of its own, so that a write that was cut off leaves the mark before
 * it. Numbers are little-endian:
 *
 *     offset  size
 *      0      4    CRC-32 of all that follows
 *      4      4    zero
 *      8      8    sequence: the slot with the higher one counts
 *     16      8    log position up to which the log is durable
 *     24      8    number of the segment that holds the byte before it; 0 when the log is empty, and begins here
 *     32      8    log position of that segment's first byte
 */
import { type Block, blockOf, getU64, setU64 } from "./codec/bytes.ts";
import { crc32 } from "./codec/crc32.ts";
import type { Disk, DiskFile } from "./disk.ts";

/** The file's name. */
export const MARK_FILE = "durable";

const MARK_BYTES = 40;
/** The sector of most disks. */
const SLOT_BYTES = 4096;

/** What is known to be durable. */
export interface Mark {
  readonly position: number;
  readonly segment: number;
  readonly start: number;
}

/** Nothing of a log that begins at a position. */
export function emptyMark(position: number): Mark {
  return { position, segment: 0, start: 0 };
}

/** What the file says. */
export type MarkOutcome =
  | { readonly kind: "mark"; readonly mark: Mark; readonly sequence: number }
  | { readonly kind: "missing" }
  | { readonly kind: "damaged" };

/** Reads the mark and changes nothing. */
export async function readMark(disk: Disk): Promise<MarkOutcome> {
  if (!(await disk.list()).includes(MARK_FILE)) return { kind: "missing" };
  const file = await disk.openToRead(MARK_FILE);
  try {
    const block = blockOf(Buffer.alloc(2 * SLOT_BYTES));
    await file.read(block.bytes, 0);
    const slots = [decodeMark(block, 0), decodeMark(block, SLOT_BYTES)].filter((slot) => slot !== undefined);
    const [first, second] = slots;
    if (first === undefined) return { kind: "damaged" };
    const newest = second !== undefined && second.sequence > first.sequence ? second : first;
    return { kind: "mark", ...newest };
  } finally {
    await file.close();
  }
}

/** The mark at an offset of the file; undefined when it is damaged. */
function decodeMark({ view }: Block, at: number): { mark: Mark; sequence: number } | undefined {
  if (crc32(view, at + 4, at + MARK_BYTES) !== view.getUint32(at, true)) return undefined;
  const mark = {
    position: getU64(view, at + 16),
    segment: getU64(view, at + 24),
    start: getU64(view, at + 32),
  };
  return { mark, sequence: getU64(view, at + 8) };
}

/** The file, open for writing. */
export class MarkFile {
  readonly #file: DiskFile;
  readonly #block = blockOf(Buffer.alloc(MARK_BYTES));
  #sequence: number;

  private constructor(file: DiskFile, sequence: number) {
    this.#file = file;
    this.#sequence = sequence;
  }

  /**
   * Opens the file after `readMark`, and makes sure that what was read stays; makes it, durably, when it is missing.
   *
   * @param logPosition what it says then: there is nothing from here on
   */
  static async open(disk: Disk, found: MarkOutcome, logPosition: number): Promise<MarkFile> {
    const file = await disk.open(MARK_FILE, true);
    if (found.kind === "mark") {
      // What a process wrote that was killed meanwhile can be read, but may not be on disk yet.
      await file.flush();
      return new MarkFile(file, found.sequence);
    }
    await file.write([Buffer.alloc(2 * SLOT_BYTES)], 0);
    const mark = new MarkFile(file, 0);
    await mark.write(emptyMark(logPosition));
    await disk.flushDirectory();
    return mark;
  }

  /** Durable when it resolves. One call at a time. */
  async write({ position, segment, start }: Mark): Promise<void> {
    const { bytes, view } = this.#block;
    this.#sequence += 1;
    setU64(view, 8, this.#sequence);
    setU64(view, 16, position);
    setU64(view, 24, segment);
    setU64(view, 32, start);
    view.setUint32(0, crc32(view, 4, MARK_BYTES), true);
    await this.#file.write([bytes], (this.#sequence % 2) * SLOT_BYTES);
  }

  /** Whether the file is still the one of its name. */
  isInPlace(): Promise<boolean> {
    return this.#file.isInPlace();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
