/** Takes a backup, on whatever disks: a snapshot of the archive, the log that goes on from it, and the manifest last. */
import type { ArchiveStore } from "../archive/archive-store.ts";
import { STORE_KEY, successor } from "../archive/keys.ts";
import { decodeStoreRow, type StoreRow } from "../archive/rows.ts";
import { damageOf, unsealed } from "../archive/sealed-store.ts";
import type { Disk } from "../disk.ts";
import { FORMAT_FILE } from "../format/format-file.ts";
import { FORMAT_VERSION } from "../format/upgrades.ts";
import { UnusableDirectory } from "../unusable-directory.ts";
import { type ArchiveView, type CopiedArchive, copyArchive } from "./copy-archive.ts";
import { copyLog, segmentsInUse, whatIsMissing } from "./copy-log.ts";
import type { DirectoryDisks } from "./directory-disks.ts";
import {
  MANIFEST_FILE,
  readManifest,
  removeIfThere,
  sumUp,
  UNFINISHED_FILE,
  writeDurably,
  writeManifest,
} from "./manifest.ts";
import type { Pace } from "./pace.ts";

/** A server that writes as fast as it can may drop a part of the log while it is copied; then both are taken anew. */
const ATTEMPTS_MAX = 50;

/** A store that a server may be writing to. */
export interface BackupSource {
  readonly log: Disk;
  snapshot(): ArchiveView;
}

/** Nothing, or a backup, finished or not. The store is opened when the rest is prepared, and closed. */
export interface BackupTarget extends DirectoryDisks {
  openStore(): ArchiveStore;
}

export interface BackupReport extends CopiedArchive {
  readonly streams: number;
}

export interface About {
  /** As in ISO 8601. */
  readonly begunAt: string;
  /** What messages call the target. */
  readonly target: string;
  readonly onProgress: (bytes: number) => void;
}

/**
 * Resolves when the backup is finished and durable. When it rejects, or the process dies, the target is no finished backup,
 * and the next call goes on with it.
 */
export async function takeBackup(
  source: BackupSource,
  target: BackupTarget,
  pace: Pace,
  { begunAt, target: name, onProgress }: About,
): Promise<BackupReport> {
  await prepareTarget(target, await storeIdOf(source), name);
  const { snapshot, row } = await takeSnapshot(source, target);
  try {
    const copied = await copyInto(snapshot, target, pace, onProgress);
    await writeDurably(target.top, FORMAT_FILE, `${FORMAT_VERSION}\n`);
    const { storeId, streams } = row;
    await writeManifest(target.top, { begunAt, storeId, streams, files: await sumUp(target) });
    await target.top.remove(UNFINISHED_FILE);
    await target.top.flushDirectory();
    return { ...copied, streams };
  } finally {
    await snapshot.close();
  }
}

async function storeIdOf(source: BackupSource): Promise<string> {
  const snapshot = source.snapshot();
  try {
    return storeRowOf(snapshot).storeId;
  } finally {
    await snapshot.close();
  }
}

/** Without a format it is no data directory until the backup is finished. A backup of another store is left alone. */
async function prepareTarget({ top }: BackupTarget, storeId: string, name: string): Promise<void> {
  const manifest = await readManifest(top);
  if (manifest !== undefined && manifest.storeId !== storeId)
    throw new UnusableDirectory(
      `${name} is a backup of another data directory; choose an empty directory or a new one`,
    );
  await writeDurably(top, UNFINISHED_FILE, "run the backup again to finish it\n");
  for (const file of [FORMAT_FILE, MANIFEST_FILE, "lock"]) await removeIfThere(top, file);
  // Before anything of it changes, it is no backup any more.
  await top.flushDirectory();
}

/** Takes the archive's snapshot and copies the log, until the one goes on where the other ends. */
async function takeSnapshot(
  source: BackupSource,
  target: BackupTarget,
): Promise<{ snapshot: ArchiveView; row: StoreRow }> {
  for (let attempt = 1; ; attempt++) {
    // Before the snapshot: what is dropped between the two, the snapshot does without.
    const before = await segmentsInUse(source.log);
    const snapshot = source.snapshot();
    try {
      const row = storeRowOf(snapshot);
      const lost = await copyLog(source.log, target.log, before);
      const missing = await whatIsMissing(target.log, row.logPosition, row.term, lost);
      if (missing === undefined) return { snapshot, row };
      if (attempt === ATTEMPTS_MAX) throw new UnusableDirectory(`the log could not be copied: ${missing}`);
    } catch (error) {
      await snapshot.close();
      throw error;
    }
    await snapshot.close();
  }
}

function storeRowOf(snapshot: ArchiveView): StoreRow {
  const [entry] = snapshot.entries(STORE_KEY, successor(STORE_KEY), 1);
  if (entry === undefined)
    throw new UnusableDirectory("the archive has no data yet: no server has run on it");
  const row = unsealed(entry.key, entry.value);
  if (row === undefined) throw damageOf(entry.key);
  return decodeStoreRow(row);
}

async function copyInto(
  snapshot: ArchiveView,
  target: BackupTarget,
  pace: Pace,
  onProgress: (bytes: number) => void,
): Promise<CopiedArchive> {
  const store = target.openStore();
  try {
    return await copyArchive(snapshot, store, pace, onProgress);
  } finally {
    await store.close();
  }
}
