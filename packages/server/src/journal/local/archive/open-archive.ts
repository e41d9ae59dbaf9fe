/**
 * Opens the archive of a data directory. What was deleted leaves free pages in the file, which later transactions use
 * again; when more than half of the file is free, it is written anew without them, so that the disk gets the space back.
 */
import { open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Report } from "../disk-guard.ts";
import { failureOf } from "../failure.ts";
import { UnusableDirectory } from "../unusable-directory.ts";
import { examineArchive } from "./archive-file.ts";
import { examinePages } from "./archive-pages.ts";
import { LmdbStore } from "./lmdb-store.ts";

/** A smaller file is not worth the while. */
const COMPACTED_BYTES_MIN = 16 * 1024 * 1024;

/**
 * @param isExpected whether the archive must be there already
 * @throws UnusableDirectory
 */
export async function openArchive(path: string, isExpected: boolean, report: Report): Promise<LmdbStore> {
  await examineArchive(path, isExpected);
  if (isExpected) await examinePages(path, "free");
  // What a compaction that was cut off has left.
  await rm(compactedPath(path), { force: true });
  const store = openStore(path);
  try {
    if (!(await isMostlyFree(store, path))) return store;
    await compact(store, path);
  } catch (error) {
    // The archive is as it was. (One that is damaged says so where it is read.)
    report("compacting the archive", failureOf(error).cause);
    return store;
  }
  await store.close();
  await rename(compactedPath(path), path);
  await flushDirectoryOf(path);
  return openStore(path);
}

function openStore(path: string): LmdbStore {
  try {
    return new LmdbStore(path);
  } catch (error) {
    throw new UnusableDirectory(
      `the archive ${path} cannot be opened: ${failureOf(error).cause.message}. ` +
        "Restore the data directory from a backup (perennial restore).",
      { cause: error },
    );
  }
}

async function isMostlyFree(store: LmdbStore, path: string): Promise<boolean> {
  const { fileBytes, freeBytes } = store.space();
  if (fileBytes < COMPACTED_BYTES_MIN || freeBytes <= fileBytes / 2) return false;
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize > 2 * (fileBytes - freeBytes);
}

function compactedPath(path: string): string {
  return `${path}.compacted`;
}

async function compact(store: LmdbStore, path: string): Promise<void> {
  const compacted = compactedPath(path);
  try {
    await store.copyCompacted(compacted);
    const file = await open(compacted, "r+");
    await file.chmod(0o600);
    await file.sync();
    await file.close();
  } catch (error) {
    await rm(compacted, { force: true });
    throw error;
  }
}

async function flushDirectoryOf(path: string): Promise<void> {
  const directory = await open(dirname(path), "r");
  await directory.sync();
  await directory.close();
}
