/** When checkpoints run: now and then, when the budget asks for one, and again when the archive had no room. */
import type { LogFailure, LogHealth } from "../contract/index.ts";
import type { Budget } from "./budget.ts";
import type { Checkpoint, CheckpointedLog } from "./checkpoint.ts";
import { failureOf, RecordsLost } from "./failure.ts";

/** The log as the schedule sees it. */
export interface ScheduledLog extends CheckpointedLog {
  /** Streams that have changed since they were archived. */
  readonly changedStreams: number;
  /** Whether the log is open and its writer takes records. */
  readonly isWriting: boolean;
  /** A checkpoint has ended, well or not. */
  onCheckpointEnd(): void;
}

export interface ScheduleParts {
  /** Changes are archived after this many milliseconds, even if they are few. */
  readonly checkpointIntervalMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Runs a function after some milliseconds, without keeping the process alive for it. */
  readonly after: (ms: number, run: () => void) => void;
}

/** How long to wait before the next checkpoint is tried when the archive had no room. */
const ARCHIVE_RETRY_MS = 1000;

export class CheckpointSchedule {
  readonly #parts: ScheduleParts;
  readonly #checkpoint: Checkpoint;
  readonly #budget: Budget;
  readonly #log: ScheduledLog;
  #health: LogHealth = "ok";
  #running: Promise<void> | undefined;
  #stopped = false;
  #count = 0;
  #lastMs = 0;

  constructor(parts: ScheduleParts, checkpoint: Checkpoint, budget: Budget, log: ScheduledLog) {
    this.#parts = parts;
    this.#checkpoint = checkpoint;
    this.#budget = budget;
    this.#log = log;
  }

  /** What the archive takes, as the newest checkpoint has shown. */
  get health(): LogHealth {
    return this.#health;
  }

  /** How many checkpoints have succeeded. */
  get count(): number {
    return this.#count;
  }

  /** How long the newest of them took, milliseconds. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** From now on a checkpoint follows at each interval in which something changed. */
  begin(): void {
    this.#parts.after(this.#parts.checkpointIntervalMs, () => {
      if (this.#stopped) return;
      if (this.#log.changedStreams > 0) this.start();
      this.begin();
    });
  }

  /** Starts a checkpoint, unless one is under way or there is no use in it. */
  start(): void {
    if (this.#running !== undefined || this.#stopped || !this.#log.isWriting) return;
    if (this.#health === "read-only") return;
    this.#budget.checkpointBegins();
    this.#running = this.#write().finally(() => {
      this.#running = undefined;
      this.#log.onCheckpointEnd();
      this.startIfDue();
    });
  }

  /** Starts a checkpoint if the budget asks for one. */
  startIfDue(): void {
    const { isCheckpointDue, isAnyoneWaiting } = this.#budget;
    if ((isCheckpointDue || isAnyoneWaiting) && this.#health === "ok") this.start();
  }

  /** As `start`, or waits for the one under way: resolves when it has ended, well or not. */
  async run(): Promise<void> {
    this.start();
    await this.#running;
  }

  /** Starts no more. */
  stop(): void {
    this.#stopped = true;
  }

  /** After `stop`: waits for the checkpoint under way, and writes a last one if log and archive take it. */
  async finish(): Promise<void> {
    await this.#running;
    if (this.#log.isWriting && this.#health === "ok") await this.#write();
  }

  async #write(): Promise<void> {
    const began = this.#parts.now();
    try {
      await this.#checkpoint.run(this.#log);
      this.#health = "ok";
      this.#count += 1;
      this.#lastMs = this.#parts.now() - began;
    } catch (error) {
      if (!(error instanceof RecordsLost)) this.#failed(failureOf(error));
    }
  }

  #failed(failure: LogFailure): void {
    this.#health = failure.kind === "full" ? "full" : "read-only";
    if (failure.kind === "full") this.#parts.after(ARCHIVE_RETRY_MS, () => this.start());
  }
}
