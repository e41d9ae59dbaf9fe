/**
 * The files of the log. A segment is one file; its bytes are a range of the log, so byte `n` of the file is log
 * position `start + n`. Where a segment starts is known from its first frame; its name only gives the order.
 *
 * Writing into space that is allocated and filled costs half of extending a file, since only data has to reach
 * the disk and no metadata. So the next segment is prepared while the current one fills: zeros are written
 * into a new file in the background, or the file of a dropped segment is taken again.
 */
import type { Disk, DiskFile } from "./disk.ts";
import type { Mark } from "./durable-mark.ts";
import { markOf, type OnTrouble, type Segment, segmentName } from "./segment.ts";
import { Spares } from "./spares.ts";
import { makeZeroFile } from "./zero-file.ts";

/** The size to which segments are prepared. One may grow beyond it: a batch is never split. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

/** A segment that is being written. */
interface OpenSegment extends Segment {
  readonly file: DiskFile;
  /** Bytes it can take before the next one is used. */
  readonly capacity: number;
}

/** A segment that is written before the log goes on in it. */
export interface AheadSegment {
  readonly number: number;
  readonly file: DiskFile;
}

/** The segment ahead, from before its file is open until it is the current one or gone. */
interface AheadHeld {
  readonly number: number;
  readonly over: Promise<void>;
  readonly end: () => void;
  file: DiskFile | undefined;
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
  #ahead: AheadHeld | undefined;
  /** Full segments with writes that are not flushed yet (`flushing` is false). */
  #unflushed: DiskFile[] = [];
  /** The newest flush. */
  #flushed = Promise.resolve();
  readonly #spares: Spares;
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
    this.#spares = new Spares(disk, onTrouble);
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
  async isInPlace(): Promise<boolean> {
    const { file } = this.#current;
    // One that is full meanwhile may be closed, and its number in use for another file, before it was looked at.
    const isLeft = (): boolean => this.#closed || this.#current.file !== file;
    try {
      return (await file.isInPlace()) || isLeft();
    } catch (error) {
      if (isLeft()) return true;
      throw error;
    }
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
      this.#leaveCurrent();
      this.#current = { ...next, start: from };
      this.#next = undefined;
    }
    this.prepareNext();
  }

  #leaveCurrent(): void {
    const { number, start, file } = this.#current;
    this.#older.push({ number, start });
    if (this.#flushing) this.#closeLater(file);
    else this.#unflushed.push(file);
  }

  /**
   * Opens a segment for what is written before its place in the log is known: it begins where the log goes on in it. There
   * is one at a time; resolves to undefined once no more are opened.
   */
  async openAhead(): Promise<AheadSegment | undefined> {
    while (this.#ahead !== undefined) await this.#ahead.over;
    if (this.#closed) return undefined;
    let end!: () => void;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    // The one between is prepared, or is being prepared.
    const number = this.#current.number + 2;
    this.#ahead = { number, over, end, file: undefined };
    try {
      const file = await this.#disk.open(segmentName(number), this.#flushing);
      this.#ahead.file = file;
      await this.#disk.flushDirectory();
      return { number, file };
    } catch (error) {
      await this.dropAhead();
      throw error;
    }
  }

  /** The log goes on in the segment ahead, whose first `capacity` bytes are for what is written next. */
  goOnAhead({ number, file }: AheadSegment, from: number, capacity: number): void {
    this.#leaveCurrent();
    this.#current = { number, file, start: from, capacity };
    this.#endAhead();
    if (this.#next !== undefined) this.#spareNext();
    this.prepareNext();
  }

  /** The segment ahead is not needed. Its writes must have settled. */
  async dropAhead(): Promise<void> {
    const { number, file } = this.#ahead!;
    try {
      if (file === undefined) return;
      await file.close();
      await this.#disk.remove(segmentName(number));
    } finally {
      this.#endAhead();
      // A turn-over that came meanwhile could not ask for it.
      if (this.#next === undefined) this.prepareNext();
    }
  }

  #endAhead(): void {
    this.#ahead?.end();
    this.#ahead = undefined;
  }

  /** The next segment comes before the current one by its number: its file is used under another. */
  #spareNext(): void {
    const { file, number } = this.#next!;
    this.#next = undefined;
    this.#closeLater(file);
    this.#spares.keep(number).catch((error: unknown) => this.#onTrouble("removing a spare segment", error));
    this.prepareNext();
  }

  /** All its writes are durable, so nothing depends on how the closing ends. */
  #closeLater(file: DiskFile): void {
    file.close().catch((error: unknown) => this.#onTrouble("closing a full segment", error));
  }

  /** Begins to prepare the segment after the current one, unless that was done or is under way. */
  prepareNext(): void {
    if (this.#next !== undefined || this.#preparing !== undefined || this.#closed) return;
    // The number after that of the current segment may be in use.
    if (this.#ahead !== undefined) return;
    this.#preparing = this.#prepare()
      // With a full disk the current segment grows for as long as it can, and the next write that needs it asks again.
      .catch((error: unknown) => this.#onTrouble("preparing the next segment", error))
      .finally(() => {
        this.#preparing = undefined;
        if (this.#next !== undefined && this.#next.number <= this.#current.number) this.#spareNext();
      });
  }

  async #prepare(): Promise<void> {
    const number = this.#current.number + 1;
    const name = segmentName(number);
    const spare = this.#spares.take();
    if (spare === undefined) await makeZeroFile(this.#disk, name, this.#segmentBytes, () => !this.#closed);
    else await this.#disk.rename(segmentName(spare), name);
    await this.#disk.flushDirectory();
    const file = await this.#disk.open(name, this.#flushing);
    if (this.#closed) return file.close();
    this.#next = { number, file, capacity: this.#segmentBytes };
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
    for (const { number } of gone) await this.#spares.keep(number);
  }

  /** The disk is full: files that wait to be used again are removed, and no more are kept until `keepSpares`. */
  giveUpSpares(): void {
    this.#spares.giveUp();
  }

  /** The disk has room again: files of dropped segments are kept for reuse from now on. */
  keepSpares(): void {
    this.#spares.keepAgain();
  }

  /** Waits for what is under way and closes the files. Flushes nothing. Nobody may write ahead any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#ahead?.over;
    await this.#preparing;
    const files = [...this.#unflushed, this.#current.file];
    if (this.#next !== undefined) files.push(this.#next.file);
    for (const file of files) await file.close();
  }
}
