/**
 * A backup of a data directory, also while a server runs on it: the archive as it is at one moment, and the log from
 * there on. The result is a data directory that `serve` opens. One that was cut off, or that is older, is brought up to date
 * by the same call: what it has already is not copied again.
 */
import { access, mkdir, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { ARCHIVE_FILE, examineArchive } from "../archive/archive-file.ts";
import { LmdbStore } from "../archive/lmdb-store.ts";
import { MARK_FILE } from "../durable-mark.ts";
import { FORMAT_FILE, readFormat } from "../format/format-file.ts";
import { FORMAT_VERSION } from "../format/upgrades.ts";
import { NodeDisk } from "../node-disk.ts";
import { UnusableDirectory } from "../unusable-directory.ts";
import { directoryDisks } from "./directory-disks.ts";
import { MANIFEST_FILE, UNFINISHED_FILE } from "./manifest.ts";
import { Pace } from "./pace.ts";
import { ArchiveSnapshot } from "./snapshot.ts";
import { type BackupReport, type BackupSource, type BackupTarget, takeBackup } from "./take-backup.ts";

export type { BackupReport } from "./take-backup.ts";

export interface BackupOptions {
  /** The data directory. */
  readonly source: string;
  /** Where the backup goes: nothing, an empty directory, or a backup of the same store. */
  readonly target: string;
  /** The most that is read from the archive. Default: no limit. */
  readonly bytesPerSecond?: number;
  /** Told the bytes of the archive that are copied. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Resolves when the backup is finished and durable. Everything that was acknowledged before the call is in it.
 *
 * @throws UnusableDirectory when there is nothing to be backed up, or the target is something else
 */
export async function backupDirectory(options: BackupOptions): Promise<BackupReport> {
  const { source, target, bytesPerSecond = Number.POSITIVE_INFINITY, onProgress = () => {} } = options;
  const begunAt = new Date().toISOString();
  await requireData(source);
  await requireOther(source, target);
  await requireNothingElse(target);
  await mkdir(join(target, "log"), { recursive: true, mode: 0o700 });
  const from: BackupSource = {
    log: new NodeDisk(join(source, "log")),
    snapshot: () => new ArchiveSnapshot(join(source, ARCHIVE_FILE)),
  };
  const to: BackupTarget = {
    ...directoryDisks(target),
    openStore: () => new LmdbStore(join(target, ARCHIVE_FILE)),
  };
  return takeBackup(from, to, new Pace(bytesPerSecond), { begunAt, target, onProgress });
}

async function requireData(source: string): Promise<void> {
  for (const name of [FORMAT_FILE, join("log", MARK_FILE)])
    await access(join(source, name)).catch(() => {
      throw new UnusableDirectory(
        `${source} is no data directory that a server has run on: it has no ${name}`,
      );
    });
  const format = await readFormat(source);
  if (format !== FORMAT_VERSION)
    throw new UnusableDirectory(
      `${source} has format ${format}; this version backs up format ${FORMAT_VERSION}`,
    );
  await examineArchive(join(source, ARCHIVE_FILE), true);
}

/** A backup that is brought up to date is taken apart first, which the data itself, by whatever path, must not be. */
async function requireOther(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  const [from, to] = await Promise.all([source, target].map((path) => realpath(path)));
  if (from === to)
    throw new UnusableDirectory(`${target} is what is to be backed up; choose another directory`);
}

/** Files of something else are left alone. */
async function requireNothingElse(target: string): Promise<void> {
  const names = await readdir(target);
  if (names.length > 0 && !names.includes(MANIFEST_FILE) && !names.includes(UNFINISHED_FILE))
    throw new UnusableDirectory(
      `${target} has files and is no backup; choose an empty directory or a new one`,
    );
}
