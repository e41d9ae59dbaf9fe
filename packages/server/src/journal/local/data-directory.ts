/**
 * A data directory: `format` says how to read the rest, `lock` (`directory-lock.ts`) keeps a second process out,
 * `log/` holds the segments, `archive.lmdb` what was checkpointed.
 */
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ARCHIVE_FILE } from "./archive/archive-file.ts";
import { UNFINISHED_FILE } from "./backup/manifest.ts";
import { MARK_FILE } from "./durable-mark.ts";
import { FORMAT_FILE, flushDirectory, readFormat, writeFormat } from "./format/format-file.ts";
import { FORMAT_VERSION } from "./format/upgrades.ts";
import { UnusableDirectory } from "./unusable-directory.ts";

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Where things are in a data directory. */
export interface DataDirectory {
  /** The directory of the segments. */
  readonly segments: string;
  readonly archiveFile: string;
  /** Whether there must be an archive: the log has been written to. */
  readonly hasData: boolean;
}

/** Creates the directory if it does not exist. */
export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
}

/**
 * Checks that the directory has the newest format, and prepares it when it is empty. Nothing is changed in a directory
 * that cannot be used.
 *
 * @throws UnusableDirectory
 */
export async function prepareDirectory(directory: string): Promise<DataDirectory> {
  // Before anything else is on disk, the format is.
  if (await isNew(directory)) await writeFormat(directory, FORMAT_VERSION);
  else await checkFormat(directory);
  const segments = join(directory, "log");
  await mkdir(segments, { recursive: true, mode: DIRECTORY_MODE });
  await flushDirectory(directory);
  const archiveFile = join(directory, ARCHIVE_FILE);
  const hasData = (await readdir(segments)).includes(MARK_FILE);
  await keepPrivate(directory);
  return { segments, archiveFile, hasData };
}

/**
 * What is in the directory is nobody else's to read, whatever the process's umask is and whoever copied it here. The
 * archive's files are made beforehand, since LMDB would let others read them.
 */
async function keepPrivate(directory: string): Promise<void> {
  await chmod(directory, DIRECTORY_MODE);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (entry.isSocket()) continue;
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? DIRECTORY_MODE : FILE_MODE);
  }
}

async function isNew(directory: string): Promise<boolean> {
  const names = await readdir(directory);
  if (names.includes(FORMAT_FILE)) return false;
  if (names.includes(UNFINISHED_FILE))
    throw new UnusableDirectory(
      `${directory} is a backup that was not finished; run perennial backup again.`,
    );
  if (!names.includes("log") && !names.includes(ARCHIVE_FILE)) return true;
  throw new UnusableDirectory(
    `the data directory ${directory} has data but no file "${FORMAT_FILE}". If it was lost, restore it from a ` +
      `backup (perennial restore); it holds the number of the format, ${FORMAT_VERSION} for this version.`,
  );
}

async function checkFormat(directory: string): Promise<void> {
  const format = await readFormat(directory);
  if (format > FORMAT_VERSION) {
    throw new UnusableDirectory(
      `the data directory ${directory} has format ${format}; this version of Perennial reads formats up to ` +
        `${FORMAT_VERSION}. Use the version that wrote it, or a newer one. Nothing was changed.`,
    );
  }
  if (format < FORMAT_VERSION) {
    throw new UnusableDirectory(
      `the data directory ${directory} has format ${format}, an older one than this version's, ${FORMAT_VERSION}. ` +
        "A server that is started on it brings it up to date. Nothing was changed.",
    );
  }
}
