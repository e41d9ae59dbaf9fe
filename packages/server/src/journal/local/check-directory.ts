import { access } from "node:fs/promises";
import { join } from "node:path";
import { examineArchive } from "./archive/archive-file.ts";
import { examinePages } from "./archive/archive-pages.ts";
import { LmdbStore } from "./archive/lmdb-store.ts";
import { directoryDisks } from "./backup/directory-disks.ts";
import { compareWithManifest, readManifest } from "./backup/manifest.ts";
import { type CheckProgress, type CheckReport, checkStore } from "./check.ts";
import { prepareDirectory } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import { NodeDisk } from "./node-disk.ts";
import { UnusableDirectory } from "./unusable-directory.ts";

/**
 * Verifies a data directory, which must not be in use.
 *
 * @throws DirectoryInUse while a server has it
 * @throws UnusableDirectory when it is none, or of another format
 */
export async function checkDirectory(
  directory: string,
  progress: CheckProgress = () => {},
): Promise<CheckReport> {
  await access(join(directory, "format")).catch(() => {
    throw new UnusableDirectory(`${directory} is not a data directory: it has no file "format".`);
  });
  const lock = await lockDirectory(directory);
  try {
    const { segments, archiveFile, hasData } = await prepareDirectory(directory);
    await examineArchive(archiveFile, hasData);
    if (hasData) await examinePages(archiveFile, "all");
    const store = new LmdbStore(archiveFile);
    try {
      const report = await checkStore(new NodeDisk(segments), store, progress);
      const disks = directoryDisks(directory);
      const manifest = await readManifest(disks.top);
      if (manifest === undefined) return report;
      const different = await compareWithManifest(disks, manifest);
      const problems = [...different, ...report.problems];
      return { ...report, problems, problemCount: report.problemCount + different.length };
    } finally {
      await store.close();
    }
  } finally {
    await lock.release();
  }
}
