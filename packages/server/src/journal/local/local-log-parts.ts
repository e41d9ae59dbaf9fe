import type { ArchiveStore } from "./archive/archive-store.ts";
import type { BudgetLimits } from "./budget.ts";
import type { ScheduleParts } from "./checkpoint-schedule.ts";
import type { Disk } from "./disk.ts";
import type { GuardParts, HeldFile } from "./disk-guard.ts";
import type { ProducerSettings } from "./stream-archiver.ts";

/** What a local log is made of and how it behaves. Complete: defaults are for `openLocalLog`. */
export interface LocalLogParts extends BudgetLimits, ScheduleParts, GuardParts, ProducerSettings {
  /** The directory of the segments. */
  readonly disk: Disk;
  readonly store: ArchiveStore;
  /** `true`: durable means on disk. `false`: durable means handed to the operating system. */
  readonly flushing: boolean;
  /** A recovery archives what it has replayed each time it is this much, or has changed half of `budgetStreams`. */
  readonly recoveryBytes: number;
  /** The size of slabs in memory. */
  readonly slabBytes: number;
  /** The size to which segments are prepared. */
  readonly segmentBytes: number;
  /** The most bytes that one transaction of a checkpoint brings into the archive, give or take one chunk. */
  readonly sliceBytes: number;
  /** The size of the file that is kept for a full disk. */
  readonly reserveBytes: number;
  /** Whether to go on with what there is when acknowledged data is lost, instead of refusing to open. */
  readonly acceptLoss: boolean;
  /** Names a new store. */
  readonly newStoreId: () => string;
  /** Where the log of a new store begins (`first-position.ts`). */
  readonly firstLogPosition: number;
  /** What must stay in place besides the log's own files: the lock. */
  readonly held: readonly HeldFile[];
  /** Called when the log is closed. */
  readonly afterClose: () => Promise<void>;
}
