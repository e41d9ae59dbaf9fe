/** Makes a data directory of a backup. */
import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FORMAT_FILE } from "../format/format-file.ts";
import { UnusableDirectory } from "../unusable-directory.ts";
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
  const manifest = await readManifest(backup);
  if (manifest === undefined)
    throw new UnusableDirectory(`${backup} is no finished backup: it has no backup.json`);
  await restoreFiles(manifest, filesOf(backup, manifest), target);
  return manifest;
}

async function* filesOf(backup: string, { files }: Manifest): AsyncGenerator<BackedUpFile> {
  for (const name of inOrder(Object.keys(files))) {
    const file = await open(join(backup, name), "r");
    yield { name, content: file.createReadStream() };
  }
}

/** The format comes last: only with it is it a data directory. */
export function inOrder(names: readonly string[]): string[] {
  return [...names.filter((name) => name !== FORMAT_FILE), FORMAT_FILE];
}

/** Writes the files of a backup, the format last. */
export async function restoreFiles(
  manifest: Manifest,
  files: AsyncIterable<BackedUpFile>,
  target: string,
): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  if ((await readdir(target)).length > 0)
    throw new UnusableDirectory(`${target} has files; restore into a new directory or an empty one`);
  const missing = new Set(Object.keys(manifest.files));
  for await (const { name, content } of files) {
    const sum = manifest.files[name];
    if (sum === undefined)
      throw new UnusableDirectory(`the backup has a file that it does not name: ${name}`);
    if (name === FORMAT_FILE && missing.size > 1) break;
    const found = await writeFile(join(target, name), content);
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
  for (const directory of [join(target, "log"), target]) await flush(directory);
}

async function writeFile(path: string, content: AsyncIterable<Uint8Array>): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  const file: FileHandle = await open(path, "wx", 0o600);
  try {
    for await (const piece of content) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

async function flush(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  await handle.sync();
  await handle.close();
}
