/** What `perennial backup` and `perennial restore` do and say. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BackupReport,
  backupDirectory,
  packBackup,
  restoreDirectory,
  restorePacked,
} from "@perennial/server";
import { failure } from "../failure.ts";
import { writeOut } from "../output/standard-output.ts";

export interface BackupFlags {
  readonly dataDir: string;
  readonly rate?: number;
}

/** Backs up to a directory or, with `-`, to standard output. Throws `Failure`. */
export async function backup(target: string, { dataDir, rate }: BackupFlags): Promise<void> {
  const limits = rate === undefined ? {} : { bytesPerSecond: rate };
  if (target === "-") return backupToOutput(dataDir, limits);
  const report = await backupDirectory({ source: dataDir, target, ...limits }).catch(fail);
  tell(report);
  await writeOut(`${target} holds ${report.streams} streams; ${report.bytesWritten} bytes were new.\n`);
}

/** The directory comes first: only when it is whole does a reader of the pipe get anything. */
async function backupToOutput(source: string, limits: { bytesPerSecond?: number }): Promise<void> {
  const target = await mkdtemp(join(tmpdir(), "perennial-backup-"));
  try {
    tell(await backupDirectory({ source, target, ...limits }).catch(fail));
    for await (const piece of packBackup(target)) await writeOut(piece);
  } finally {
    await rm(target, { recursive: true });
  }
}

/** Damage in the archive is copied as it is, and told. */
function tell({ damages }: BackupReport): void {
  for (const damage of damages) process.stderr.write(`Warning: ${damage}; the backup has it as it is\n`);
}

/** Restores from a directory or, with `-`, from standard input. Throws `Failure`. */
export async function restore(source: string, directory: string): Promise<void> {
  const restoring =
    source === "-" ? restorePacked(process.stdin, directory) : restoreDirectory(source, directory);
  const { begunAt, streams } = await restoring.catch(fail);
  await writeOut(`${directory} is as it was on ${begunAt}, with ${streams} streams in its archive.\n`);
}

function fail(error: Error): never {
  throw failure(error.message);
}
