/**
 * A backup of a data directory, also while a server runs on it: the archive as it is at one moment, and the log from
 * there on. The result is a data directory that `serve` opens. One that was cut off, or that is older, is brought up to date
 * by the same call: what it has already is not copied again.
 */
import { access, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { ARCHIVE_FILE, examineArchive } from "../archive/archive-file.ts";
import { STORE_KEY, successor } from "../archive/keys.ts";
import { LmdbStore } from "../archive/lmdb-store.ts";
import { decodeStoreRow, type StoreRow } from "../archive/rows.ts";
import { damageOf, unsealed } from "../archive/sealed-store.ts";
import { MARK_FILE } from "../durable-mark.ts";
import { FORMAT_FILE, readFormat } from "../format/format-file.ts";
import { FORMAT_VERSION } from "../format/upgrades.ts";
import { UnusableDirectory } from "../unusable-directory.ts";
import { type CopiedArchive, copyArchive } from "./copy-archive.ts";
import { copyLog, whatIsMissing } from "./copy-log.ts";
import {
  MANIFEST_FILE,
  readManifest,
  sumUp,
  UNFINISHED_FILE,
  writeDurably,
  writeManifest,
} from "./manifest.ts";
import { Pace } from "./pace.ts";
import { ArchiveSnapshot } from "./snapshot.ts";

/** A server that writes as fast as it can may drop a part of the log while it is copied; then both are taken anew. */
const ATTEMPTS_MAX = 50;

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

export interface BackupReport extends CopiedArchive {
  readonly streams: number;
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
  await prepareTarget(target, await storeIdOf(source));
  const { snapshot, row } = await takeSnapshot(source, target);
  try {
    const copied = await copyInto(snapshot, target, bytesPerSecond, onProgress);
    await writeDurably(target, FORMAT_FILE, `${FORMAT_VERSION}\n`);
    const { storeId, streams } = row;
    await writeManifest(target, { begunAt, storeId, streams, files: await sumUp(target) });
    await rm(join(target, UNFINISHED_FILE));
    return { ...copied, streams };
  } finally {
    await snapshot.close();
  }
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

async function storeIdOf(source: string): Promise<string> {
  const snapshot = new ArchiveSnapshot(join(source, ARCHIVE_FILE));
  try {
    return storeRowOf(snapshot).storeId;
  } finally {
    await snapshot.close();
  }
}

/** Without a format it is no data directory until the backup is finished. A backup of another store is left alone. */
async function prepareTarget(target: string, storeId: string): Promise<void> {
  const names = await readdir(target);
  const isOurs = names.includes(MANIFEST_FILE) || names.includes(UNFINISHED_FILE);
  if (names.length > 0 && !isOurs)
    throw new UnusableDirectory(
      `${target} has files and is no backup; choose an empty directory or a new one`,
    );
  const manifest = await readManifest(target);
  if (manifest !== undefined && manifest.storeId !== storeId)
    throw new UnusableDirectory(
      `${target} is a backup of another data directory; choose an empty directory or a new one`,
    );
  await writeDurably(target, UNFINISHED_FILE, "run the backup again to finish it\n");
  for (const name of [FORMAT_FILE, MANIFEST_FILE, "lock"]) await rm(join(target, name), { force: true });
}

/** Takes the archive's snapshot and copies the log, until the one goes on where the other ends. */
async function takeSnapshot(
  source: string,
  target: string,
): Promise<{ snapshot: ArchiveSnapshot; row: StoreRow }> {
  for (let attempt = 1; ; attempt++) {
    const snapshot = new ArchiveSnapshot(join(source, ARCHIVE_FILE));
    try {
      const row = storeRowOf(snapshot);
      await copyLog(join(source, "log"), join(target, "log"));
      const missing = await whatIsMissing(join(target, "log"), row.logPosition, row.term);
      if (missing === undefined) return { snapshot, row };
      if (attempt === ATTEMPTS_MAX) throw new UnusableDirectory(`the log could not be copied: ${missing}`);
    } catch (error) {
      await snapshot.close();
      throw error;
    }
    await snapshot.close();
  }
}

function storeRowOf(snapshot: ArchiveSnapshot): StoreRow {
  const [entry] = snapshot.entries(STORE_KEY, successor(STORE_KEY), 1);
  if (entry === undefined)
    throw new UnusableDirectory("the archive has no data yet: no server has run on it");
  const row = unsealed(entry.key, entry.value);
  if (row === undefined) throw damageOf(entry.key);
  return decodeStoreRow(row);
}

async function copyInto(
  snapshot: ArchiveSnapshot,
  target: string,
  bytesPerSecond: number,
  onProgress: (bytes: number) => void,
): Promise<CopiedArchive> {
  const store = new LmdbStore(join(target, ARCHIVE_FILE));
  try {
    return await copyArchive(snapshot, store, new Pace(bytesPerSecond), onProgress);
  } finally {
    await store.close();
  }
}
