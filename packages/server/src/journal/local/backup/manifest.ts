/** What a finished backup says about itself: its files, with their sizes and SHA-256 sums. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";

/** Only a finished backup has it. A server that opens the directory removes it, since the files then change. */
export const MANIFEST_FILE = "backup.json";

/** Stands for the manifest while a backup is under way, and when one was cut off. */
export const UNFINISHED_FILE = "backup.unfinished";

/** Belongs to processes that have the directory open, not to the data. */
const NOT_COPIED = new Set([
  "lock",
  "lock.secret",
  "holder",
  "archive.lmdb-lock",
  MANIFEST_FILE,
  UNFINISHED_FILE,
]);

export interface Manifest {
  /** When the backup began, as in ISO 8601: everything acknowledged before that is in it. */
  readonly begunAt: string;
  readonly storeId: string;
  readonly streams: number;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/** Sums up all files of a backup. */
export async function sumUp(directory: string): Promise<Manifest["files"]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const entry of entries) {
    if (!entry.isFile() || NOT_COPIED.has(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(directory, path)] = await sumOf(path);
  }
  return files;
}

async function sumOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Durable when it resolves. */
export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await writeDurably(directory, MANIFEST_FILE, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Writes a small file whole or not at all. */
export async function writeDurably(directory: string, name: string, text: string): Promise<void> {
  const path = join(directory, name);
  const file = await open(`${path}.new`, "w", 0o600);
  await file.writeFile(text);
  await file.sync();
  await file.close();
  await rename(`${path}.new`, path);
  const handle = await open(directory, "r");
  await handle.sync();
  await handle.close();
}

/** The manifest of a directory; undefined when it is no finished backup. */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, MANIFEST_FILE), "utf8")) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The directory is no backup any more. */
export function removeManifest(directory: string): Promise<void> {
  return rm(join(directory, MANIFEST_FILE), { force: true });
}

/** What differs between a backup and its manifest, in words. */
export async function compareWithManifest(directory: string, manifest: Manifest): Promise<string[]> {
  const found = await sumUp(directory);
  const problems: string[] = [];
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const file = found[name];
    if (file === undefined) problems.push(`the backup's file ${name} is missing`);
    else if (file.bytes !== bytes || file.sha256 !== sha256)
      problems.push(`the backup's file ${name} is not the one that was written`);
  }
  return problems;
}
