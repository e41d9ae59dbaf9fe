/**
 * The files of the log. A segment is one file; its bytes are a range of the log, so byte `n` of the file is log
 * position `start + n`. Where a segment starts is known from its first frame; its name only gives the order.
 *
 * Writing into space that is allocated and filled costs half of extending a file, since only data has to reach
 * the disk and no metadata. So the next segment is prepared while the current one fills: zeros are written
 * into a new file in the background, or the file of a dropped segment is taken again.
 */
import type { Disk, DiskFile } from "./disk.ts";
import { EMPTY_MARK, type Mark } from "./durable-mark.ts";

/** The size to which segments are prepared. One may grow beyond it: a batch is never split. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

/** Zeros are written in steps of this size, so that a batch never waits long behind them. */
const ZERO_STEP_BYTES = 256 * 1024;

/** Files of dropped segments kept for reuse. */
const SPARES_MAX = 2;

const NAME = /^segment-(\d{12})$/;

/** The name of the segment with that number. */
export function segmentName(number: number): string {
  return `segment-${String(number).padStart(12, "0")}`;
}

/** The number of a segment by its file name; undefined for other files. */
export function segmentNumber(name: string): number | undefined {
  const match = NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** A segment with records. */
export interface Segment {
  readonly number: number;
  /** Log position of its first byte. */
  readonly start: number;
}

/** What is durable when all before a log position is. */
export function markOf(segments: readonly Segment[], position: number): Mark {
  const holder = segments.findLast(({ start }) => start < position);
  return holder === undefined ? EMPTY_MARK : { position, segment: holder.number, start: holder.start };
}

/** Hears of what went wrong beside the writes that somebody waits for. */
export type OnTrouble = (what: string, cause: unknown) => void;

/** A segment that is being written. */
interface OpenSegment extends Segment {
  readonly file: DiskFile;
  /** Bytes it can take before the next one is used. */
  readonly capacity: number;
}

/** A file that is ready to become a segment. */
interface PreparedFile {
  readonly number: number;
  readonly file: DiskFile;
  readonly capacity: number;
}

export class Segments {
  readonly #disk: Disk;
  /** Whether each write is durable when it resolves. */
  readonly #flushing: boolean;
  readonly #onTrouble: OnTrouble;
  readonly #segmentBytes: number;
  /** Full segments, oldest first. */
  #older: Segment[];
  #current: OpenSegment;
  #next: PreparedFile | undefined;
  #preparing: Promise<void> | undefined;
  /** Full segments with writes that are not flushed yet (`flushing` is false). */
  #unflushed: DiskFile[] = [];
  /** The newest flush. */
  #flushed = Promise.resolve();
  /** Numbers of dropped segments whose files can be used again. */
  readonly #spares: number[] = [];
  #keepsSpares = true;
  #closed = false;

  private constructor(
    disk: Disk,
    flushing: boolean,
    segmentBytes: number,
    older: readonly Segment[],
    current: OpenSegment,
    onTrouble: OnTrouble,
  ) {
    this.#onTrouble = onTrouble;
    this.#disk = disk;
    this.#flushing = flushing;
    this.#segmentBytes = segmentBytes;
    this.#older = [...older];
    this.#current = current;
  }

  /**
   * Opens the segments for writing, the last of them for the next batch. Without any, a first one is created,
   * which starts at log position `end`.
   *
   * @param onTrouble hears of a next segment that could not be prepared, and of a full one that could not be closed
   */
  static async open(
    disk: Disk,
    flushing: boolean,
    segmentBytes: number,
    existing: readonly Segment[],
    end: number,
    onTrouble: OnTrouble,
  ): Promise<Segments> {
    const last = existing.at(-1) ?? { number: 1, start: end };
    const file = await disk.open(segmentName(last.number), flushing);
    if (existing.length === 0) await disk.flushDirectory();
    const current = { ...last, file, capacity: await file.size() };
    return new Segments(disk, flushing, segmentBytes, existing.slice(0, -1), current, onTrouble);
  }

  /** Count of files with records. */
  get count(): number {
    return this.#older.length + 1;
  }

  /** What is durable when all before a log position is. */
  markOf(position: number): Mark {
    return markOf([...this.#older, this.#current], position);
  }

  /** Whether the file that is being written is still the one of its name. */
  isInPlace(): Promise<boolean> {
    return this.#current.file.isInPlace();
  }

  /** Writes the log range `[from, from + sum of lengths)`; durable when it resolves, if the log is flushing. */
  async write(pieces: readonly Uint8Array[], from: number): Promise<void> {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    if (from - this.#current.start + length > this.#current.capacity) this.#turnOver(from);
    await this.#current.file.write(pieces, from - this.#current.start);
  }

  /** Goes on in the next segment if it is ready; until then the current one grows. */
  #turnOver(from: number): void {
    const next = this.#next;
    if (next !== undefined && from > this.#current.start) {
      const { number, start, file } = this.#current;
      this.#older.push({ number, start });
      if (this.#flushing) this.#closeLater(file);
      else this.#unflushed.push(file);
      this.#current = { ...next, start: from };
      this.#next = undefined;
    }
    this.prepareNext();
  }

  /** All its writes are durable, so nothing depends on how the closing ends. */
  #closeLater(file: DiskFile): void {
    file.close().catch((error: unknown) => this.#onTrouble("closing a full segment", error));
  }

  /** Begins to prepare the segment after the current one, unless that was done or is under way. */
  prepareNext(): void {
    if (this.#next !== undefined || this.#preparing !== undefined || this.#closed) return;
    this.#preparing = this.#prepare()
      // With a full disk the current segment grows for as long as it can, and the next write that needs it asks again.
      .catch((error: unknown) => this.#onTrouble("preparing the next segment", error))
      .finally(() => {
        this.#preparing = undefined;
      });
  }

  async #prepare(): Promise<void> {
    const number = this.#current.number + 1;
    const name = segmentName(number);
    const spare = this.#spares.pop();
    if (spare === undefined) await this.#fillOrRemove(name);
    else await this.#disk.rename(segmentName(spare), name);
    await this.#disk.flushDirectory();
    const file = await this.#disk.open(name, this.#flushing);
    if (this.#closed) return file.close();
    this.#next = { number, file, capacity: this.#segmentBytes };
  }

  /** Half a segment helps nobody, and on a full disk its room does. */
  async #fillOrRemove(name: string): Promise<void> {
    try {
      await this.#fill(name);
    } catch (error) {
      if ((await this.#disk.list()).includes(name)) await this.#disk.remove(name);
      throw error;
    }
  }

  async #fill(name: string): Promise<void> {
    const zeros = [new Uint8Array(Math.min(ZERO_STEP_BYTES, this.#segmentBytes))];
    const file = await this.#disk.open(name, false);
    try {
      for (let at = 0; at < this.#segmentBytes && !this.#closed; at += zeros[0]!.length) {
        await file.write(zeros, at);
      }
      await file.flush();
    } finally {
      await file.close();
    }
  }

  /** Makes all that was written before the call durable, if `write` does not. */
  flush(): Promise<void> {
    if (this.#flushing) return Promise.resolve();
    // One after another: the first one closes files that a second would still flush. Whoever asked for the one before
    // hears of its failure.
    const turn = () => this.#flushAll();
    this.#flushed = this.#flushed.then(turn, turn);
    return this.#flushed;
  }

  async #flushAll(): Promise<void> {
    // A copy: what becomes full from here on was written to after its flush, or may have been.
    const full = [...this.#unflushed];
    const current = this.#current.file;
    for (const file of full) await file.flush();
    await current.flush();
    this.#unflushed = this.#unflushed.filter((file) => !full.includes(file));
    for (const file of full) this.#closeLater(file);
  }

  /**
   * Gives up the segments that lie before `position` altogether. The current one stays, and with it the proof
   * of where the log is, since a segment is only full once there are records in its successor.
   *
   * @param position must be durable
   */
  async dropBefore(position: number): Promise<void> {
    const starts = [...this.#older.slice(1).map(({ start }) => start), this.#current.start];
    let dropped = 0;
    while (dropped < this.#older.length && starts[dropped]! < position) dropped += 1;
    const gone = this.#older.splice(0, dropped);
    for (const { number } of gone) {
      if (this.#keepsSpares && this.#spares.length < SPARES_MAX) this.#spares.push(number);
      else await this.#disk.remove(segmentName(number));
    }
  }

  /** The disk is full: files that wait to be used again are removed, and no more are kept until a restart. */
  giveUpSpares(): void {
    this.#keepsSpares = false;
    for (const number of this.#spares.splice(0)) {
      this.#disk
        .remove(segmentName(number))
        .catch((error: unknown) => this.#onTrouble("removing a spare segment", error));
    }
  }

  /** Waits for what is under way and closes the files. Flushes nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#preparing;
    const files = [...this.#unflushed, this.#current.file];
    if (this.#next !== undefined) files.push(this.#next.file);
    for (const file of files) await file.close();
  }
}

/**
 * What an earlier process wrote into segments may never have been flushed; it is durable when this resolves. Nothing
 * may be given up before that.
 */
export async function flushSegments(disk: Disk, segments: readonly Segment[]): Promise<void> {
  for (const { number } of segments) await flushFile(disk, segmentName(number));
}

async function flushFile(disk: Disk, name: string): Promise<void> {
  const file = await disk.open(name, false);
  try {
    await file.flush();
  } finally {
    await file.close();
  }
}
