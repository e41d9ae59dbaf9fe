/**
 * Room that is kept for making room. A full disk would otherwise be a trap: to delete something takes a record in the log
 * and new pages in the archive. So a file of zeros lies beside the segments. When the disk is full, it is removed, and
 * until it can be made again only what gives room back is accepted: deletions, expiry, and closes, which end a growth.
 *
 * What deletions free are pages inside the archive, not space of the disk. When there are enough of these, everything
 * is accepted again, without the file.
 */
import type { ArchiveStore } from "./archive/archive-store.ts";
import type { Disk } from "./disk.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { failureOf } from "./failure.ts";
import type { Segments } from "./segments.ts";

/** Enough for some ten thousand deletions all over the archive before the first pages are free. */
export const RESERVE_BYTES = 8 * 1024 * 1024;

const RESERVE_FILE = "reserve";
/** What the log may hold of it before others than deletions are let in again: an eighth. */
const LOG_SHARE = 8;
const ZERO_STEP_BYTES = 256 * 1024;
/** How often it is looked whether there is room again, ms. */
const LOOK_INTERVAL_MS = 1000;

export interface ReserveParts {
  readonly disk: Disk;
  readonly store: ArchiveStore;
  readonly after: (ms: number, run: () => void) => void;
  readonly reserveBytes: number;
}

type SpareSegments = Pick<Segments, "giveUpSpares" | "keepSpares">;

/** The log as the reserve sees it. */
export interface ReservedLog {
  /** What the archive has still to take in. */
  readonly unarchivedBytes: number;
  /** There is room again, or removals should be archived to make some. */
  onRoom(isTight: boolean): void;
}

export class Reserve {
  readonly #parts: ReserveParts;
  readonly #guard: DiskGuard;
  readonly #log: ReservedLog;
  #state: "held" | "released" = "held";
  #isTight = false;
  /** Those that gave up their spare files. */
  #segments: SpareSegments | undefined;
  #busy: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: ReserveParts, guard: DiskGuard, log: ReservedLog) {
    this.#parts = parts;
    this.#guard = guard;
    this.#log = log;
  }

  /** Whether only what gives room back may be accepted. */
  get isTight(): boolean {
    return this.#isTight;
  }

  /** Makes the file in the background if it is not there. A disk that is full already is so from the start. */
  begin(): void {
    this.#then(() => this.#make());
  }

  /** The disk is full, perhaps again. What the segments keep for later is given up, too. */
  release(segments?: SpareSegments): void {
    if (this.#stopped) return;
    this.#segments = segments ?? this.#segments;
    this.#segments?.giveUpSpares();
    this.#isTight = true;
    if (this.#state === "released") return;
    this.#state = "released";
    this.#then(async () => {
      if ((await this.#parts.disk.list()).includes(RESERVE_FILE)) await this.#parts.disk.remove(RESERVE_FILE);
    });
    this.#lookLater();
  }

  /** Whether an ordinary change of the archive may be made: while the reserve is in use, not to the last of it. */
  hasRoomFor(byteLength: number): boolean {
    if (this.#state === "held") return true;
    return this.#parts.store.room() >= byteLength + this.#parts.reserveBytes / 2;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#busy;
  }

  #lookLater(): void {
    this.#parts.after(LOOK_INTERVAL_MS, () => {
      if (this.#stopped || this.#state === "held") return;
      this.#then(() => this.#look());
      this.#lookLater();
    });
  }

  async #look(): Promise<void> {
    const { store, reserveBytes } = this.#parts;
    const { unarchivedBytes } = this.#log;
    const wanted = reserveBytes + unarchivedBytes;
    // Room inside the archive helps a log that has none only once the log is archived, and its segments are gone.
    this.#isTight = store.room() < wanted || unarchivedBytes > reserveBytes / LOG_SHARE;
    if (store.spaceOnDisk() >= 2 * wanted) await this.#make();
    this.#log.onRoom(this.#isTight);
  }

  async #make(): Promise<void> {
    const { disk, reserveBytes } = this.#parts;
    const file = await disk.open(RESERVE_FILE, false);
    try {
      const zeros = [new Uint8Array(Math.min(ZERO_STEP_BYTES, reserveBytes))];
      for (let at = await file.size(); at < reserveBytes && !this.#stopped; at += zeros[0]!.length)
        await file.write(zeros, at);
      await file.flush();
    } finally {
      await file.close();
    }
    this.#state = "held";
    this.#isTight = false;
    this.#segments?.keepSpares();
  }

  /** One after another. */
  #then(step: () => Promise<void>): void {
    this.#busy = this.#busy.then(async () => {
      try {
        if (!this.#stopped) await step();
      } catch (error) {
        this.#guard.trouble("keeping a reserve for a full disk", error);
        if (failureOf(error).kind === "full") this.release();
      }
    });
  }
}
