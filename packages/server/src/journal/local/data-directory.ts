/**
 * A data directory: `format` says how to read the rest, `lock` (`directory-lock.ts`) keeps a second process out,
 * `log/` holds the segments, `archive.lmdb` what was checkpointed.
 */
import { chmod, mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { MARK_FILE } from "./durable-mark.ts";

/** The format that this version writes. A change that older versions cannot read makes it grow. */
export const FORMAT_VERSION = 1;

const FORMAT_FILE = "format";
const ARCHIVE_FILE = "archive.lmdb";

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** The directory cannot be used. The message says why and what to do. */
export class UnusableDirectory extends Error {
  override readonly name = "UnusableDirectory";
}

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
 * Checks that this version can use the directory, and prepares it when it is empty. Nothing is changed in a
 * directory that cannot be used.
 *
 * @throws UnusableDirectory
 */
export async function prepareDirectory(directory: string): Promise<DataDirectory> {
  const version = await readVersion(directory);
  if (version === undefined) await initialise(directory);
  else if (version !== FORMAT_VERSION) {
    throw new UnusableDirectory(
      `the data directory ${directory} has format ${version}; this version of Perennial reads format ` +
        `${FORMAT_VERSION}. Use the version that wrote it, or a newer one. Nothing was changed.`,
    );
  }
  const segments = join(directory, "log");
  await mkdir(segments, { recursive: true, mode: DIRECTORY_MODE });
  await flush(directory);
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

async function readVersion(directory: string): Promise<number | undefined> {
  const names = await readdir(directory);
  if (!names.includes(FORMAT_FILE)) {
    if (!names.includes("log") && !names.includes("archive.lmdb")) return undefined;
    throw new UnusableDirectory(
      `the data directory ${directory} has data but no file "${FORMAT_FILE}". If it was lost, restore it from a ` +
        `backup; it holds the number of the format, ${FORMAT_VERSION} for this version.`,
    );
  }
  const text = (await readFile(join(directory, FORMAT_FILE), "utf8")).trim();
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UnusableDirectory(
    `the file "${FORMAT_FILE}" in ${directory} should hold a number, not "${text}".`,
  );
}

/** The version is on disk before anything else is. */
async function initialise(directory: string): Promise<void> {
  const unfinished = join(directory, `${FORMAT_FILE}.new`);
  const file = await open(unfinished, "w", FILE_MODE);
  await file.writeFile(`${FORMAT_VERSION}\n`);
  await file.sync();
  await file.close();
  await rename(unfinished, join(directory, FORMAT_FILE));
  await flush(directory);
}

async function flush(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  await handle.sync();
  await handle.close();
}
