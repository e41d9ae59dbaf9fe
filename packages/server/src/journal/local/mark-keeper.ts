/**
 * Keeps the mark (`durable-mark.ts`) near to what is durable, without a second write for each batch: it follows after
 * a moment, and no acknowledgement waits for it. Where something else comes to rest on a position, it is marked first.
 */
import type { Disk } from "./disk.ts";
import type { DiskGuard, HeldFile } from "./disk-guard.ts";
import { emptyMark, type Mark, MarkFile, readMark } from "./durable-mark.ts";
import { judgeMark, type LossListener } from "./judge-mark.ts";

/**
 * A log to which nothing was added for so long is marked, ms. While more is added, each batch proves those before it
 * (`codec/frame.ts`): it would be a write, in the pool and on the disk, for what is known.
 */
const QUIET_MS = 100;
/** A log that was not quiet is marked so much later, ms: what it loses with whole files is known, too. */
const BUSY_MS = 900;

export interface KeeperParts {
  readonly disk: Disk;
  readonly after: (ms: number, run: () => void) => void;
}

export class MarkKeeper implements HeldFile {
  readonly #parts: KeeperParts;
  readonly #guard: DiskGuard;
  readonly #durable: () => Mark;
  #file: MarkFile | undefined;
  /** The newest write, and all before it. */
  #writing: Promise<void> = Promise.resolve();
  #marked = 0;
  #scheduled = false;
  #closed = false;

  /** @param durable tells what is durable now */
  constructor(parts: KeeperParts, guard: DiskGuard, durable: () => Mark) {
    this.#parts = parts;
    this.#guard = guard;
    this.#durable = durable;
  }

  /**
   * Opens the file, or makes it, and tells what must be in the log.
   *
   * @param logPosition the archive's
   * @param isNew whether the archive is empty
   */
  async open(logPosition: number, isNew: boolean, listener: LossListener): Promise<Mark> {
    const found = await readMark(this.#parts.disk);
    const mark = judgeMark(found, logPosition, isNew, listener);
    this.#file = await MarkFile.open(this.#parts.disk, found, logPosition);
    if (isNew) await this.#file.write(emptyMark(logPosition));
    this.#marked = mark.position;
    return mark;
  }

  /** The log is marked as durable up to here. */
  get position(): number {
    return this.#marked;
  }

  /** More is durable: it will be marked once the log is quiet, or a second later. */
  note(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    const { position } = this.#durable();
    this.#parts.after(QUIET_MS, () => {
      if (this.#durable().position === position) this.#mark();
      else this.#parts.after(BUSY_MS, () => this.#mark());
    });
  }

  #mark(): void {
    this.#scheduled = false;
    if (!this.#closed) this.#write().catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    this.#guard.trouble("marking what is durable", error);
    if (this.#guard.health === "ok") this.note();
  }

  /** Resolves once the mark is at least at a position, which is durable. */
  async secure(position: number): Promise<void> {
    if (this.#marked < position) await this.#write();
  }

  /** Marks what is durable, even if that is less than was marked: what was lost has been given up. */
  reset(): Promise<void> {
    return this.#write(true);
  }

  /** Whether the file is still the one of its name. */
  async isInPlace(): Promise<boolean> {
    return (await this.#file?.isInPlace()) ?? true;
  }

  /** Marks what is durable at last, and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#file === undefined) return;
    if (this.#guard.health === "ok")
      await this.#write().catch((error: unknown) => this.#guard.note("marking the end of the log", error));
    await this.#file.close();
  }

  /** One after another; what became durable meanwhile is marked, too. */
  #write(always = false): Promise<void> {
    const turn = async () => {
      const mark = this.#durable();
      if (mark.position <= this.#marked && !always) return;
      await this.#file!.write(mark);
      this.#marked = mark.position;
    };
    // Whoever asked for the write before this one hears of its failure.
    this.#writing = this.#writing.then(turn, turn);
    return this.#writing;
  }
}
