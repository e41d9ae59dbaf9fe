/**
 * Reads the log back after a start: finds the segments, walks through the frames after the last checkpoint, and
 * decides whether the place where they end is the torn end that a crash leaves or damage to acknowledged data.
 */
import { blockOf } from "./codec/bytes.ts";
import {
  FRAME_HEADER_BYTES,
  FRAME_KIND,
  type FrameOutcome,
  frameKind,
  framePosition,
  inspectFrame,
  mayBeFrameOf,
} from "./codec/frame.ts";
import { CorruptLog } from "./corrupt-log.ts";
import type { Disk, DiskFile } from "./disk.ts";
import type { Mark } from "./durable-mark.ts";
import { judgeEnd, judgeHolder, type LossListener } from "./judge-mark.ts";
import { markOf, type Segment, segmentName, segmentNumber } from "./segment.ts";
import type { Slab, Slabs } from "./slabs.ts";

/** What the walk found. */
export interface Walked {
  /** Segments that hold the log from the checkpoint on, oldest first. */
  readonly segments: readonly Segment[];
  /** Names of the other segment files: dropped ones, and ones that were prepared. */
  readonly unneeded: readonly string[];
  /** The highest term. */
  readonly term: number;
  /** Frames with records that were read. */
  readonly records: number;
  readonly bytes: number;
  /** Whether something unfinished lay after the last frame. */
  readonly tornTail: boolean;
}

/** Gets the frames in order. */
export interface FrameVisitor extends LossListener {
  /** The record frame at offset `at` of the slab, of log position `position` up to `end`. */
  onFrame(slab: Slab, at: number, position: number, end: number): void;
  /**
   * Called between slabs: a chance to give memory back before more is read.
   *
   * @param term of the last frame
   * @param secure makes durable what was read, and tells what that is; must be done before anything durable rests on it
   */
  onPause(term: number, secure: () => Promise<Mark>): Promise<void>;
}

/**
 * Reads the frames from `slabs.end`, which is the checkpoint's log position, into `slabs`. Changes nothing.
 *
 * @param term the checkpoint's: frames of lower terms do not count
 * @param mark what must be there
 * @throws CorruptLog, by way of the visitor
 */
export async function walkLog(
  disk: Disk,
  slabs: Slabs,
  term: number,
  mark: Mark,
  visitor: FrameVisitor,
): Promise<Walked> {
  const files = await openAll(disk);
  const losses = onlyFirst(visitor);
  try {
    judgeHolder(files, mark, losses);
    const walk = new Walk(disk, slabs, term, visitor, losses, usedOf(files, slabs.end, mark, losses));
    const walked = await walk.run();
    judgeEnd(slabs.end, mark, walked.segments, losses);
    const needed = new Set(walked.segments.map(({ number }) => number));
    const others = files.filter(({ number }) => !needed.has(number));
    return { ...walked, unneeded: others.map(({ number }) => segmentName(number)) };
  } finally {
    for (const { file } of files) await file.close();
  }
}

/** The log position at which the oldest file with an intact first record begins; undefined: there is none. Changes nothing. */
export async function beginningOf(disk: Disk): Promise<number | undefined> {
  const files = await openAll(disk);
  for (const { file } of files) await file.close();
  const begun = files.filter(({ first }) => first !== undefined);
  return begun.length === 0 ? undefined : Math.min(...begun.map(({ first }) => first!.position));
}

/** The first loss explains those after it. */
function onlyFirst(listener: LossListener): LossListener {
  let isLost = false;
  return {
    onLoss(error) {
      if (isLost) return;
      isLost = true;
      listener.onLoss(error);
    },
  };
}

/** A segment file with what its first frame says, if that is intact. */
interface SegmentFile {
  readonly number: number;
  readonly file: DiskFile;
  readonly size: number;
  readonly first: { readonly position: number; readonly term: number; readonly barrier: number } | undefined;
}

type UsedFile = SegmentFile & { readonly first: object };

async function openAll(disk: Disk): Promise<SegmentFile[]> {
  const names = await disk.list();
  const numbers = names.map(segmentNumber).filter((number) => number !== undefined);
  const files: SegmentFile[] = [];
  for (const number of numbers.sort((left, right) => left - right)) {
    const file = await disk.openToRead(segmentName(number));
    const size = await file.size();
    files.push({ number, file, size, first: await readFirst(file, size) });
  }
  return files;
}

async function readFirst(file: DiskFile, size: number): Promise<SegmentFile["first"]> {
  if (size < FRAME_HEADER_BYTES) return undefined;
  const header = blockOf(Buffer.alloc(FRAME_HEADER_BYTES));
  await file.read(header.bytes, 0);
  const position = framePosition(header, 0);
  const outcome = await inspectAt(file, size, 0, position, 0);
  return outcome === undefined ? undefined : { position, ...outcome };
}

interface Intact {
  readonly term: number;
  readonly barrier: number;
}

/** Looks for an intact frame at an offset of a file. */
async function inspectAt(
  file: DiskFile,
  size: number,
  offset: number,
  position: number,
  term: number,
): Promise<Intact | undefined> {
  let length = FRAME_HEADER_BYTES;
  for (;;) {
    if (offset + length > size) return undefined;
    const block = blockOf(Buffer.alloc(length));
    await file.read(block.bytes, offset);
    const outcome = inspectFrame(block, 0, length, position, term);
    if (outcome.kind === "frame") return { term: outcome.term, barrier: outcome.barrier };
    if (outcome.kind !== "partial" || outcome.length <= length) return undefined;
    length = outcome.length;
  }
}

/**
 * The files that hold records of the log from position `from` on. A file with an older beginning than one before
 * it was taken again and not written yet.
 */
function usedOf(files: readonly SegmentFile[], from: number, mark: Mark, losses: LossListener): UsedFile[] {
  const used: UsedFile[] = [];
  for (const file of files) {
    const start = file.first?.position ?? -1;
    if (start >= 0 && start >= (used.at(-1)?.first.position ?? 0)) used.push(file as UsedFile);
  }
  // The one that holds the byte before the position, and so the proof that the log was there.
  const before = used.findLastIndex(({ first }) => first.position < from);
  const base = before >= 0 ? before : used.findLastIndex(({ first }) => first.position <= from);
  if (base < 0 && (mark.segment > 0 || used.length > 0)) {
    const file = used[0] ?? files[0];
    const name = file === undefined ? "(none)" : segmentName(file.number);
    losses.onLoss(new CorruptLog(name, 0, `the log should go on at position ${from}, but no file holds it`));
    return [];
  }
  return used.slice(Math.max(0, base));
}

class Walk {
  readonly #disk: Disk;
  readonly #slabs: Slabs;
  readonly #visitor: FrameVisitor;
  readonly #losses: LossListener;
  readonly #used: readonly UsedFile[];
  readonly #from: number;
  #term: number;
  #records = 0;
  /** How many of the files were begun. */
  #reached = 0;
  readonly #secure = (): Promise<Mark> => this.#flush();

  constructor(
    disk: Disk,
    slabs: Slabs,
    term: number,
    visitor: FrameVisitor,
    losses: LossListener,
    used: readonly UsedFile[],
  ) {
    this.#disk = disk;
    this.#slabs = slabs;
    this.#term = term;
    this.#visitor = visitor;
    this.#losses = losses;
    this.#used = used;
    this.#from = slabs.end;
  }

  async run(): Promise<Omit<Walked, "unneeded">> {
    let tornTail = false;
    for (const [index, segment] of this.#used.entries()) {
      if (index > 0 && segment.first.position !== this.#slabs.end) break;
      this.#reached = index + 1;
      tornTail = await this.#walkSegment(segment, this.#used[index + 1]?.first.position);
    }
    const last = this.#used[this.#reached - 1];
    if (last !== undefined && (await this.#leftovers(last))) tornTail = true;
    for (const later of this.#used.slice(this.#reached)) {
      this.#judge(later.first, segmentName(later.number), 0);
      tornTail = true;
    }
    const segments = this.#used
      .slice(0, this.#reached)
      .map(({ number, first }) => ({ number, start: first.position }));
    const bytes = this.#slabs.end - this.#from;
    return { segments, term: this.#term, records: this.#records, bytes, tornTail };
  }

  /** A process that died may have left what it wrote with the operating system, where a power cut can still take it. */
  async #flush(): Promise<Mark> {
    const position = this.#slabs.end;
    const reached = this.#used.slice(0, this.#reached);
    for (const { file } of reached) await file.flush();
    await this.#disk.flushDirectory();
    return markOf(
      reached.map(({ number, first }) => ({ number, start: first.position })),
      position,
    );
  }

  /**
   * Takes in a segment's frames. Returns whether it ends in a broken one.
   *
   * @param nextStart where the next segment starts: what this one holds from there on was lost when it was written
   */
  async #walkSegment({ file, size, first }: UsedFile, nextStart?: number): Promise<boolean> {
    for (let room = FRAME_HEADER_BYTES; ; ) {
      await this.#visitor.onPause(this.#term, this.#secure);
      const slab = this.#slabs.reserve(room);
      const count = await file.read(slab.bytes.subarray(slab.used), this.#slabs.end - first.position);
      const stop = this.#takeFrames(slab, slab.used + count, nextStart);
      if (stop.kind !== "partial") return stop.kind === "torn";
      if (this.#slabs.end + stop.length > first.position + size) return stop.length > FRAME_HEADER_BYTES;
      room = stop.length;
    }
  }

  /** Takes in the frames in `[slab.used, limit)` of a slab. Returns what lies behind the last. */
  #takeFrames(slab: Slab, limit: number, nextStart?: number): Exclude<FrameOutcome, { kind: "frame" }> {
    for (;;) {
      const at = slab.used;
      const position = this.#slabs.end;
      if (position === nextStart) return { kind: "end" };
      const outcome = inspectFrame(slab, at, limit, position, this.#term);
      if (outcome.kind !== "frame") return outcome;
      this.#term = outcome.term;
      this.#slabs.extend(slab, outcome.length);
      if (frameKind(slab, at) === FRAME_KIND.termStart) continue;
      this.#records += 1;
      this.#visitor.onFrame(slab, at, position, this.#slabs.end);
    }
  }

  /** Looks behind the end for intact frames: what a torn batch left there, or the proof of damage. */
  async #leftovers(segment: UsedFile): Promise<boolean> {
    const piece = blockOf(Buffer.alloc(LOOK_BYTES + FRAME_HEADER_BYTES));
    let found = false;
    for (let offset = this.#slabs.end - segment.first.position; offset < segment.size; offset += LOOK_BYTES) {
      const count = await segment.file.read(piece.bytes, offset);
      const start = segment.first.position + offset;
      for (let at = 0; at < LOOK_BYTES && at + FRAME_HEADER_BYTES <= count; at++) {
        if (!mayBeFrameOf(piece, at, start + at) || start + at === this.#slabs.end) continue;
        const intact = await inspectAt(segment.file, segment.size, offset + at, start + at, this.#term);
        if (intact === undefined) continue;
        this.#judge(intact, segmentName(segment.number), this.#slabs.end - segment.first.position);
        found = true;
      }
    }
    return found;
  }

  /** Throws if an intact frame behind the end shows that the log was durable beyond its end. */
  #judge(intact: Intact, file: string, offset: number): void {
    if (intact.term < this.#term || intact.barrier <= this.#slabs.end) return;
    const what = `acknowledged records end at log position ${this.#slabs.end}, but were durable up to ${intact.barrier}`;
    this.#losses.onLoss(new CorruptLog(file, offset, what));
  }
}

/** How much of a file is looked at in one step when searching behind the end. */
const LOOK_BYTES = 1024 * 1024;
