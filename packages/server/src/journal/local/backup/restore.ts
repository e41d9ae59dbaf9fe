/** Makes a data directory of a backup. */
import { createHash } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { FORMAT_FILE } from "../format/format-file.ts";
import { UnusableDirectory } from "../unusable-directory.ts";
import {
  type DirectoryDisks,
  directoryDisks,
  fill,
  openToRead,
  openToWrite,
  piecesOf,
} from "./directory-disks.ts";
import { type Manifest, readManifest } from "./manifest.ts";

/** A file of a backup, wherever that comes from. */
export interface BackedUpFile {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Resolves when everything is in place, was compared with the sums that the backup has of it, and is durable. A directory in
 * which it was cut off is no data directory: begin again with another one.
 *
 * @throws UnusableDirectory when the backup is not finished or damaged, or `target` has files
 */
export async function restoreDirectory(backup: string, target: string): Promise<Manifest> {
  const disks = directoryDisks(backup);
  const manifest = await readManifest(disks.top);
  if (manifest === undefined)
    throw new UnusableDirectory(`${backup} is no finished backup: it has no backup.json`);
  await restoreFiles(manifest, filesOf(disks, manifest), await prepareRestore(target));
  return manifest;
}

/** The files of a backup, in the order in which they are restored. */
export async function* filesOf(backup: DirectoryDisks, { files }: Manifest): AsyncGenerator<BackedUpFile> {
  for (const name of inOrder(Object.keys(files)))
    yield { name, content: piecesOf(await openToRead(backup, name)) };
}

/**
 * Makes the directories of a restored store.
 *
 * @throws UnusableDirectory when `target` has files
 */
export async function prepareRestore(target: string): Promise<DirectoryDisks> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  if ((await readdir(target)).length > 0)
    throw new UnusableDirectory(`${target} has files; restore into a new directory or an empty one`);
  await mkdir(join(target, "log"), { mode: 0o700 });
  return directoryDisks(target);
}

/** The format comes last: only with it is it a data directory. */
export function inOrder(names: readonly string[]): string[] {
  return [...names.filter((name) => name !== FORMAT_FILE), FORMAT_FILE];
}

/** Writes the files of a backup into a directory that has none, the format last. */
export async function restoreFiles(
  manifest: Manifest,
  files: AsyncIterable<BackedUpFile>,
  target: DirectoryDisks,
): Promise<void> {
  const missing = new Set(Object.keys(manifest.files));
  for await (const { name, content } of files) {
    const sum = manifest.files[name];
    if (sum === undefined)
      throw new UnusableDirectory(`the backup has a file that it does not name: ${name}`);
    if (name === FORMAT_FILE) {
      if (missing.size > 1) break;
      // What it says is there, is.
      await target.log.flushDirectory();
      await target.top.flushDirectory();
    }
    const found = await writeFile(target, name, content);
    if (found !== sum.sha256)
      throw new UnusableDirectory(
        `the backup's file ${name} is not the one that was written; nothing was restored`,
      );
    missing.delete(name);
  }
  if (missing.size > 0)
    throw new UnusableDirectory(
      `the backup is not complete: ${[...missing].join(", ")}; nothing was restored`,
    );
  await target.top.flushDirectory();
}

async function writeFile(
  target: DirectoryDisks,
  name: string,
  content: AsyncIterable<Uint8Array>,
): Promise<string> {
  const hash = createHash("sha256");
  await fill(await openToWrite(target, name), content, (piece) => hash.update(piece));
  return hash.digest("hex");
}
