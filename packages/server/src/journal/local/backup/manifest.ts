/** What a finished backup says about itself: its files, with their sizes and SHA-256 sums. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ARCHIVE_FILE } from "../archive/archive-file.ts";
import type { Disk } from "../disk.ts";
import { MARK_FILE } from "../durable-mark.ts";
import { FORMAT_FILE } from "../format/format-file.ts";
import { UnusableDirectory } from "../unusable-directory.ts";
import { type DirectoryDisks, namesOf, openToRead, piecesOf } from "./directory-disks.ts";

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
export async function sumUp(disks: DirectoryDisks): Promise<Manifest["files"]> {
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const name of (await namesOf(disks)).filter(isDataFile)) files[name] = await sumOf(disks, name);
  return files;
}

async function sumOf(disks: DirectoryDisks, name: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of piecesOf(await openToRead(disks, name))) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Durable when it resolves. */
export async function writeManifest(top: Disk, manifest: Manifest): Promise<void> {
  await writeDurably(top, MANIFEST_FILE, `${JSON.stringify(sealed(manifest), null, 2)}\n`);
}

/** Writes a small file whole or not at all. */
export async function writeDurably(disk: Disk, name: string, text: string): Promise<void> {
  const unfinished = `${name}.new`;
  await removeIfThere(disk, unfinished);
  const file = await disk.open(unfinished, false);
  try {
    await file.write([Buffer.from(text)], 0);
    await file.flush();
  } finally {
    await file.close();
  }
  await disk.rename(unfinished, name);
  await disk.flushDirectory();
}

/** Durable after `flushDirectory`. */
export async function removeIfThere(disk: Disk, name: string): Promise<void> {
  if ((await disk.list()).includes(name)) await disk.remove(name);
}

/**
 * The manifest of a directory; undefined when it is no finished backup.
 *
 * @throws UnusableDirectory when it is damaged
 */
export async function readManifest(top: Disk): Promise<Manifest | undefined> {
  if (!(await top.list()).includes(MANIFEST_FILE)) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(await top.openToRead(MANIFEST_FILE))) pieces.push(piece);
  const manifest = parseManifest(Buffer.concat(pieces).toString());
  if (manifest === undefined)
    throw new UnusableDirectory(`the backup's file ${MANIFEST_FILE} is damaged; use another backup`);
  return manifest;
}

/** A manifest with a sum of itself, so that damage to it shows, too. */
export function sealed(manifest: Manifest): Manifest & { readonly sha256: string } {
  const { begunAt, storeId, streams, files } = manifest;
  const whole = { begunAt, storeId, streams, files };
  return { ...whole, sha256: createHash("sha256").update(JSON.stringify(whole)).digest("hex") };
}

/** What a manifest says; undefined when it is none, damaged, or names other files than those of a data directory. */
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
  if (!isWhole) return undefined;
  const whole = sealed(manifest as Manifest);
  return whole.sha256 === (manifest as typeof whole).sha256 ? (manifest as Manifest) : undefined;
}

function isSummedUp([name, sum]: [string, Partial<Manifest["files"][string]> | null]): boolean {
  const { bytes = -1, sha256 } = sum ?? {};
  return isDataFile(name) && Number.isSafeInteger(bytes) && bytes >= 0 && typeof sha256 === "string";
}

/** The directory is no backup any more, and none that is to be gone on with: what a server writes to is no target. */
export async function removeManifest(directory: string): Promise<void> {
  for (const name of [MANIFEST_FILE, UNFINISHED_FILE]) await rm(join(directory, name), { force: true });
}

/** What differs between a backup and its manifest, in words. */
export async function compareWithManifest(disks: DirectoryDisks, manifest: Manifest): Promise<string[]> {
  const found = await sumUp(disks);
  const problems: string[] = [];
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const file = found[name];
    if (file === undefined) problems.push(`the backup's file ${name} is missing`);
    else if (file.bytes !== bytes || file.sha256 !== sha256)
      problems.push(`the backup's file ${name} is not the one that was written`);
  }
  return problems;
}
