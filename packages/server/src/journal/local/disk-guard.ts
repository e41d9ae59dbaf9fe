/**
 * Sees to it that nothing about the disk goes unnoticed that no request is waiting for: what goes wrong in the
 * background is told and counted, and a data directory that was deleted or replaced under the running server ends all
 * writing, since they would go where nobody finds them again.
 */
import type { DamagedData, LogHealth, LogMetrics } from "../contract/index.ts";
import type { ArchiveStore } from "./archive/archive-store.ts";
import { SealedStore } from "./archive/sealed-store.ts";
import { failureOf } from "./failure.ts";
import { Scrubber } from "./scrubber.ts";

/** How often it is looked whether the files are still in place, ms. */
const WATCH_INTERVAL_MS = 1000;

/** Damaged places that are told one by one; there are more where these are, and they are counted. */
const DAMAGES_TOLD = 1000;

/** Told what happened, in words, and why. */
export type Report = (what: string, cause: Error) => void;

export interface GuardParts {
  readonly report: Report;
  readonly after: (ms: number, run: () => void) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly store: ArchiveStore;
  /** Whether the archive is looked through in the background. */
  readonly scrub: boolean;
}

/** A file that is held open. */
export interface HeldFile {
  /** Whether it is still the one of its name. */
  isInPlace(): Promise<boolean>;
}

/** The data directory, or a file in it, is not there any more. */
export class DirectoryGone extends Error {
  override readonly name = "DirectoryGone";

  constructor() {
    super(
      "the data directory, or a file in it, was deleted or replaced while the server ran, or another process has taken it; nothing more is written. " +
        "Stop the server, restore the directory from a backup (perennial restore) and start again",
    );
  }
}

export class DiskGuard {
  /** The archive's store, which tells damage from data. */
  readonly store: ArchiveStore;
  readonly #parts: GuardParts;
  readonly #scrubber: Scrubber;
  readonly #onHealth: () => void;
  #health: LogHealth = "ok";
  #troubles = 0;
  #stopped = false;
  #damagedReads = 0;
  readonly #damaged = new Set<string>();

  /** @param onHealth called when `health` has changed */
  constructor(parts: GuardParts, onHealth: () => void) {
    this.#parts = parts;
    this.#onHealth = onHealth;
    const onDamage = (damage: DamagedData) => this.#damage(damage);
    this.store = new SealedStore(parts.store, onDamage, parts.now);
    this.#scrubber = new Scrubber(parts.store, parts, onDamage);
  }

  /** `read-only` once something has failed for good. */
  get health(): LogHealth {
    return this.#health;
  }

  metrics(): LogMetrics {
    return {
      diskTroublesTotal: this.#troubles,
      damagedReadsTotal: this.#damagedReads,
      scrubsTotal: this.#scrubber.rounds,
    };
  }

  /** Something went wrong. Unless the disk is merely full, nothing is written any more. */
  trouble(what: string, cause: unknown): void {
    this.note(what, cause);
    if (failureOf(cause).kind === "full" || this.#health === "read-only") return;
    this.#health = "read-only";
    this.#onHealth();
  }

  /** Something went wrong that hinders nothing. */
  note(what: string, cause: unknown): void {
    this.#troubles += 1;
    this.#parts.report(what, failureOf(cause).cause);
  }

  /** Acknowledged data is lost. Throws, unless that is accepted. */
  loss(error: Error, isAccepted: boolean): void {
    if (!isAccepted) throw error;
    this.note("acknowledged data is lost, as was accepted", error);
  }

  /** Stored bytes are damaged. Told once for each place. */
  #damage(damage: DamagedData): void {
    this.#damagedReads += 1;
    if (this.#damaged.has(damage.message) || this.#damaged.size >= DAMAGES_TOLD) return;
    this.#damaged.add(damage.message);
    this.note("data in the archive is damaged", damage);
  }

  /**
   * From now on looks whether the archive and these files are in place, and whether the archive is intact. Each time at
   * one file, the next: a directory that is gone lacks all of them, and each look is a trip to the pool of threads.
   *
   * @param lock is looked at each time
   */
  watch(files: readonly HeldFile[], lock: readonly HeldFile[] = []): void {
    this.#watchFiles([this.store, ...files], lock, 0);
    if (this.#parts.scrub) this.#scrubber.start();
  }

  #watchFiles(files: readonly HeldFile[], lock: readonly HeldFile[], turn: number): void {
    this.#parts.after(WATCH_INTERVAL_MS, () => {
      if (this.#stopped || this.#health !== "ok") return;
      this.#look([...lock, files[turn]!]).then(
        () => this.#watchFiles(files, lock, (turn + 1) % files.length),
        (error: unknown) => {
          // A file may be closed while it is looked at.
          if (!this.#stopped) this.trouble("looking after the data directory", error);
        },
      );
    });
  }

  async #look(files: readonly HeldFile[]): Promise<void> {
    for (const file of files) {
      const isInPlace = await file.isInPlace();
      if (!isInPlace) throw new DirectoryGone();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#scrubber.stop();
  }
}
