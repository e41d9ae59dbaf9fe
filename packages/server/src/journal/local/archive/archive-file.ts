/**
 * The archive's file, looked at before LMDB maps it into memory: what is not there must not be touched, since the system
 * ends a process that reads beyond the end of a mapped file.
 *
 * The file begins with two pages that describe it, written in turn. All numbers are little-endian here, as on every
 * platform that lmdb-js is built for; of such a page:
 *
 *     offset  size
 *      24      4    0xbeefc0de
 *      48      4    size of a page
 *      88      8    number of the page at the root of the free pages
 *     136      8    number of the page at the root of the data
 *     144      8    number of the last page
 *     152      8    number of the transaction that wrote it: the higher one counts
 */
import { type FileHandle, open } from "node:fs/promises";
import { UnusableDirectory } from "../unusable-directory.ts";

/** The file's name. */
export const ARCHIVE_FILE = "archive.lmdb";

const MAGIC = 0xbeefc0de;
const DESCRIPTION_BYTES = 160;
/** Pages at the end that are free need not be in the file; a transaction leaves few of them. */
const MISSING_PAGES_MAX = 16;

const RESTORE = "Nothing was changed. Restore the data directory from a backup (perennial restore).";

/**
 * Makes sure that all of the archive is there. An archive that is short of a few pages, as may be, gets them: should they
 * have been needed after all, what lies in them is damaged and told so.
 *
 * @param isExpected whether there must be one
 * @throws UnusableDirectory when there is none, or not all of it
 */
export async function examineArchive(path: string, isExpected: boolean): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (isExpected) throw new UnusableDirectory(`the archive ${path} is missing. ${RESTORE}`);
    return;
  }
  try {
    const { size } = await file.stat();
    if (size > 0 || isExpected) await examineSize(file, path, size);
  } finally {
    await file.close();
  }
}

async function examineSize(file: FileHandle, path: string, size: number): Promise<void> {
  const newest = await describedArchive(file);
  if (newest === undefined)
    throw new UnusableDirectory(`the archive ${path} is none, or its beginning is damaged. ${RESTORE}`);
  const { pageBytes, pages } = newest;
  const needed = pages * pageBytes;
  if (size >= needed) return;
  if (needed - size > MISSING_PAGES_MAX * pageBytes) {
    const found = `it has ${size} bytes and should have ${needed}`;
    throw new UnusableDirectory(`the archive ${path} was cut short: ${found}. ${RESTORE}`);
  }
  await file.truncate(needed);
}

/** What an archive says of itself. */
export interface Described {
  readonly pageBytes: number;
  readonly pages: number;
  /** Number of the page at the root of the free pages, and of the data; all ones when there is none. */
  readonly freeRoot: bigint;
  readonly dataRoot: bigint;
  readonly transaction: number;
}

/** The newer of the two descriptions; undefined when there is none. */
export async function describedArchive(file: FileHandle): Promise<Described | undefined> {
  const first = await describedAt(file, 0);
  const second = first === undefined ? undefined : await describedAt(file, first.pageBytes);
  return [first, second]
    .filter((found) => found !== undefined)
    .sort((left, right) => right.transaction - left.transaction)[0];
}

async function describedAt(file: FileHandle, at: number): Promise<Described | undefined> {
  const page = Buffer.alloc(DESCRIPTION_BYTES);
  const { bytesRead } = await file.read(page, 0, DESCRIPTION_BYTES, at);
  if (bytesRead < DESCRIPTION_BYTES || page.readUInt32LE(24) !== MAGIC) return undefined;
  const described = {
    pageBytes: page.readUInt32LE(48),
    pages: Number(page.readBigUInt64LE(144)) + 1,
    freeRoot: page.readBigUInt64LE(88),
    dataRoot: page.readBigUInt64LE(136),
    transaction: Number(page.readBigUInt64LE(152)),
  };
  return described.pageBytes >= 256 && described.pageBytes <= 65_536 ? described : undefined;
}
