/** What a finished backup says about itself: its files, with their sizes and SHA-256 sums. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ARCHIVE_FILE } from "../archive/archive-file.ts";
import { MARK_FILE } from "../durable-mark.ts";
import { FORMAT_FILE } from "../format/format-file.ts";
import { UnusableDirectory } from "../unusable-directory.ts";

/** Only a finished backup has it. A server that opens the directory removes it, since the files then change. */
export const MANIFEST_FILE = "backup.json";

/** Stands for the manifest while a backup is under way, and when one was cut off. */
export const UNFINISHED_FILE = "backup.unfinished";

/** What every data directory has. */
const REQUIRED_FILES = [FORMAT_FILE, ARCHIVE_FILE, `log/${MARK_FILE}`];

/**
 * Whether it is the name of a file of the data, not one that belongs to a process that has the directory open, or to
 * whoever keeps a note beside a backup. What a backup calls otherwise is not written anywhere: who made it may not be trusted.
 */
function isDataFile(name: string): boolean {
  return REQUIRED_FILES.includes(name) || /^log\/[a-z]+(-\d+)?$/.test(name);
}

export interface Manifest {
  /** When the backup began, as in ISO 8601: everything acknowledged before that is in it. */
  readonly begunAt: string;
  readonly storeId: string;
  readonly streams: number;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/** Sums up the data of a backup. */
export async function sumUp(directory: string): Promise<Manifest["files"]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path).replaceAll(sep, "/");
    if (entry.isFile() && isDataFile(name)) files[name] = await sumOf(path);
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

/**
 * The manifest of a directory; undefined when it is no finished backup.
 *
 * @throws UnusableDirectory when it is damaged
 */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, MANIFEST_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const manifest = parseManifest(text);
  if (manifest === undefined)
    throw new UnusableDirectory(`the file ${MANIFEST_FILE} in ${directory} is damaged; use another backup`);
  return manifest;
}

/** What a manifest says; undefined when it is none, or names other files than those of a data directory. */
export function parseManifest(text: string): Manifest | undefined {
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { begunAt, storeId, streams, files } = manifest ?? {};
  if (typeof begunAt !== "string" || typeof storeId !== "string") return undefined;
  if (!Number.isSafeInteger(streams) || typeof files !== "object" || files === null) return undefined;
  const isWhole =
    REQUIRED_FILES.every((name) => Object.hasOwn(files, name)) && Object.entries(files).every(isSummedUp);
  return isWhole ? (manifest as Manifest) : undefined;
}

function isSummedUp([name, sum]: [string, Partial<Manifest["files"][string]> | null]): boolean {
  const { bytes = -1, sha256 } = sum ?? {};
  return isDataFile(name) && Number.isSafeInteger(bytes) && bytes >= 0 && typeof sha256 === "string";
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
