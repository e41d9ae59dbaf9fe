/** The local log of a server: on a directory of the file system, with LMDB as its archive. */
import { randomInt, randomUUID } from "node:crypto";
import { statfs } from "node:fs/promises";
import { openArchive } from "./archive/open-archive.ts";
import { ROW_PRODUCERS } from "./archive/producer-pages.ts";
import { removeManifest } from "./backup/manifest.ts";
import { SLICE_BYTES } from "./checkpoint-slices.ts";
import { createLocalLog } from "./create-local-log.ts";
import { makeDirectory, prepareDirectory } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import type { Report } from "./disk-guard.ts";
import { firstPosition } from "./first-position.ts";
import { upgradeDirectory } from "./format/upgrade-directory.ts";
import type { LocalLog } from "./local-log.ts";
import { NodeDisk } from "./node-disk.ts";
import { RESERVE_BYTES } from "./reserve.ts";
import { SEGMENT_BYTES } from "./segments.ts";
import { SLAB_BYTES } from "./slabs.ts";

/**
 * What an acknowledgement means. `fsync`: the record is on the disk and survives a power cut. `os`: the operating
 * system has it; it survives the end of the process, but the last moments may be lost in a power cut or a crash
 * of the machine (never the order, and never a part of a record).
 */
export type LocalDurability = "fsync" | "os";

export interface LocalLogOptions {
  /** Created if it does not exist. One process at a time can have it open. */
  readonly directory: string;
  /** Default `fsync`. */
  readonly durability?: LocalDurability;
  /**
   * Memory for what is not archived yet, bytes, at least 4 MiB. At half of it a checkpoint begins; when all of it
   * is in use, appends wait. Default 32 MiB.
   */
  readonly budgetBytes?: number;
  /** Changes are archived after at most this many milliseconds. Default 10,000. */
  readonly checkpointIntervalMs?: number;
  /**
   * Whether to go on with what there is when acknowledged data is lost, instead of refusing to open. What lies behind
   * damage in the log is removed. Default false.
   */
  readonly acceptLoss?: boolean;
  /** Whether the archive is looked through for damage in the background, a few mebibytes a second. Default true. */
  readonly scrub?: boolean;
  /** Told what goes wrong in the background, in words, and why. Default: nobody is told. */
  readonly report?: Report;
}

const BUDGET_BYTES = 32 * 1024 * 1024;
const BUDGET_BYTES_MIN = 4 * 1024 * 1024;
/** What most appends are shorter than: they do not wait for longer ones. */
const SHORT_BYTES = 16 * 1024;
/** Distances between records of one stream are stored in 32 bits. */
const BUDGET_BYTES_MAX = 2 * 1024 * 1024 * 1024;
/** A recovery seldom has more than the budget before it; to archive it in parts costs more than to hold it. */
const RECOVERY_BYTES_MIN = 64 * 1024 * 1024;
/** A changed stream cannot be dropped from memory, and takes just under a kilobyte there. */
const BUDGET_STREAMS = 100_000;
const CHECKPOINT_INTERVAL_MS = 10_000;
/** The part of a small disk that a segment, and the reserve, may have: they must leave room for data. */
const DISK_SHARE = 16;
/** What a small disk may have in the log, in such parts: the archive needs room to take it in. */
const BUDGET_SHARES = 4;

/**
 * Locks the directory and prepares it. Records are read when the log is opened; closing it gives the lock back.
 *
 * @throws RangeError for a budget out of range
 * @throws DirectoryInUse when another process has the directory
 * @throws UnusableDirectory when its format is not known, and in that case changes nothing
 */
export async function openLocalLog(options: LocalLogOptions): Promise<LocalLog> {
  const { directory, budgetBytes = BUDGET_BYTES, report = () => {} } = options;
  judgeBudget(budgetBytes);
  await makeDirectory(directory);
  const lock = await lockDirectory(directory);
  try {
    await upgradeDirectory(directory);
    const { segments, archiveFile, hasData } = await prepareDirectory(directory);
    await removeManifest(directory);
    const share = await shareOfDisk(directory);
    const disk = new NodeDisk(segments);
    const store = await openArchive(archiveFile, hasData, report);
    return createLocalLog({
      ...{ disk, store },
      flushing: (options.durability ?? "fsync") === "fsync",
      budgetBytes: Math.min(budgetBytes, BUDGET_SHARES * share),
      budgetStreams: BUDGET_STREAMS,
      recoveryBytes: Math.max(budgetBytes, RECOVERY_BYTES_MIN),
      shortBytes: SHORT_BYTES,
      slabBytes: SLAB_BYTES,
      segmentBytes: Math.min(SEGMENT_BYTES, share),
      sliceBytes: SLICE_BYTES,
      checkpointIntervalMs: options.checkpointIntervalMs ?? CHECKPOINT_INTERVAL_MS,
      ...{ rowProducers: ROW_PRODUCERS, producerSalt: randomInt(2 ** 32) },
      newStoreId: randomUUID,
      firstLogPosition: await firstPosition(disk, store, randomInt),
      acceptLoss: options.acceptLoss ?? false,
      reserveBytes: Math.min(RESERVE_BYTES, share),
      scrub: options.scrub ?? true,
      report,
      now: () => performance.now(),
      after,
      held: [lock],
      afterClose: () => lock.release(),
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function judgeBudget(budgetBytes: number): void {
  if (budgetBytes < BUDGET_BYTES_MIN || budgetBytes > BUDGET_BYTES_MAX) {
    throw new RangeError(`budgetBytes must be between ${BUDGET_BYTES_MIN} and ${BUDGET_BYTES_MAX}`);
  }
}

/** In steps of 256 KiB. */
async function shareOfDisk(directory: string): Promise<number> {
  const { blocks, bsize } = await statfs(directory);
  const step = 256 * 1024;
  return Math.max(1, Math.floor((blocks * bsize) / DISK_SHARE / step)) * step;
}

function after(ms: number, run: () => void): void {
  setTimeout(run, ms).unref();
}
