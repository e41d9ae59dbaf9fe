/**
 * Sees to it that nothing about the disk goes unnoticed that no request is waiting for: what goes wrong in the
 * background is told and counted, and a data directory that was deleted or replaced under the running server ends all
 * writing, since they would go where nobody finds them again.
 */
import type { LogHealth } from "../contract/index.ts";
import { failureOf } from "./failure.ts";

/** How often it is looked whether the files are still in place, ms. */
const WATCH_INTERVAL_MS = 500;

/** Told what happened, in words, and why. */
export type Report = (what: string, cause: Error) => void;

export interface GuardParts {
  readonly report: Report;
  readonly after: (ms: number, run: () => void) => void;
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
      "the data directory, or a file in it, was deleted or replaced while the server ran; nothing more is written. " +
        "Stop the server, restore the directory from a backup (perennial restore) and start again",
    );
  }
}

export class DiskGuard {
  readonly #parts: GuardParts;
  readonly #onHealth: () => void;
  #health: LogHealth = "ok";
  #troubles = 0;
  #stopped = false;

  /** @param onHealth called when `health` has changed */
  constructor(parts: GuardParts, onHealth: () => void) {
    this.#parts = parts;
    this.#onHealth = onHealth;
  }

  /** `read-only` once something has failed for good. */
  get health(): LogHealth {
    return this.#health;
  }

  /** How many troubles there were. */
  get troubles(): number {
    return this.#troubles;
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

  /** From now on looks whether the files are in place. */
  watch(files: readonly HeldFile[]): void {
    this.#parts.after(WATCH_INTERVAL_MS, () => {
      if (this.#stopped || this.#health !== "ok") return;
      this.#look(files).then(
        () => this.watch(files),
        (error: unknown) => this.trouble("looking after the data directory", error),
      );
    });
  }

  async #look(files: readonly HeldFile[]): Promise<void> {
    for (const file of files) {
      const isInPlace = await file.isInPlace();
      // A file may be closed while it is looked at.
      if (!isInPlace && !this.#stopped) throw new DirectoryGone();
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}
