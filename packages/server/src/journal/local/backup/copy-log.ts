/**
 * Copies the log beside a running server that writes to it, drops segments and uses their files again. Nobody is asked:
 * whether the copy goes on where the snapshot of the archive ends is seen from the copy itself, and from what it lost.
 */
import { blockOf } from "../codec/bytes.ts";
import { FRAME_HEADER_BYTES, framePosition } from "../codec/frame.ts";
import { CorruptLog } from "../corrupt-log.ts";
import type { Disk, DiskFile } from "../disk.ts";
import { MARK_FILE, readMark } from "../durable-mark.ts";
import { judgeMark } from "../judge-mark.ts";
import { walkLog } from "../recovery.ts";
import { segmentNumber } from "../segment.ts";
import { SLAB_BYTES, Slabs } from "../slabs.ts";
import { fill, piecesOf, piecesOfOpen } from "./directory-disks.ts";

/**
 * Names of the segments that hold a log, ascending: all that was acknowledged before the call, and is not dropped, is in
 * them. A file that is prepared, with zeros or what an earlier use left in it, is none: it may go at any time.
 */
export async function segmentsInUse(log: Disk): Promise<string[]> {
  const used: string[] = [];
  let newest = 1;
  for (const name of await segmentNames(log)) {
    const start = await startOf(log, name);
    if (start === undefined || start < newest) continue;
    newest = start;
    used.push(name);
  }
  return used;
}

async function segmentNames(log: Disk): Promise<string[]> {
  return (await log.list()).filter((name) => segmentNumber(name) !== undefined).sort();
}

/** The log position that the file's beginning says it has; undefined: it has none, or is gone. */
async function startOf(log: Disk, name: string): Promise<number | undefined> {
  const file = await openIfThere(log, name);
  if (file === undefined) return undefined;
  try {
    const header = blockOf(Buffer.alloc(FRAME_HEADER_BYTES));
    await file.read(header.bytes, 0);
    // What was dropped meanwhile may be another segment already.
    return (await file.isInPlace()) ? framePosition(header, 0) : undefined;
  } finally {
    await file.close();
  }
}

/**
 * Copies mark and segments, in this order: what the mark promises was written before. Each segment is copied whole, so all
 * that was acknowledged before the call is in the copy, also what is not marked yet, if no segment is lost that it needs.
 *
 * @param to what it holds already is removed
 * @param before the segments that were in use before the archive's snapshot was taken
 * @returns those of them that were dropped, and maybe taken for others, before they were copied: they are not in the copy
 */
export async function copyLog(from: Disk, to: Disk, before: readonly string[]): Promise<string[]> {
  for (const name of await to.list()) await to.remove(name);
  await fill(await to.open(MARK_FILE, false), piecesOf(await from.openToRead(MARK_FILE)));
  const names = new Set([...before, ...(await segmentNames(from))]);
  const lost = new Set<string>();
  for (const name of [...names].sort()) if (!(await copySegment(from, to, name))) lost.add(name);
  await to.flushDirectory();
  return before.filter((name) => lost.has(name));
}

/** False when the file went away meanwhile. The copy is durable, but for its name. */
async function copySegment(from: Disk, to: Disk, name: string): Promise<boolean> {
  const source = await openIfThere(from, name);
  if (source === undefined) return false;
  try {
    await fill(await to.open(name, false), piecesOfOpen(source));
    // A segment's file is written anew only under another name.
    if (await source.isInPlace()) return true;
  } finally {
    await source.close();
  }
  await to.remove(name);
  return false;
}

async function openIfThere(disk: Disk, name: string): Promise<DiskFile | undefined> {
  try {
    return await disk.openToRead(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Whether a copy of the log holds all from the archive's log position on that was acknowledged before it was begun, and all
 * up to its mark. Otherwise says why not.
 *
 * Neither the mark nor the barriers in the frames can tell that alone: both lag behind what is acknowledged, so a segment
 * may be missing between two others, or at the end, without a trace. Of the lost ones only those older than the first that
 * is walked may be missing.
 *
 * @param lost what `copyLog` says
 */
export async function whatIsMissing(
  disk: Disk,
  logPosition: number,
  term: number,
  lost: readonly string[],
): Promise<string | undefined> {
  const slabs = new Slabs(logPosition, SLAB_BYTES);
  const visitor = {
    onFrame: () => {},
    onPause: async () => slabs.dropBefore(slabs.end),
    onLoss: (error: CorruptLog) => {
      throw error;
    },
  };
  try {
    const mark = judgeMark(await readMark(disk), logPosition, false, visitor);
    const { segments } = await walkLog(disk, slabs, term, mark, visitor);
    const oldest = segments[0]?.number ?? 0;
    const needed = lost.find((name) => segmentNumber(name)! > oldest);
    return needed === undefined ? undefined : `${needed} was dropped before it was copied`;
  } catch (error) {
    if (error instanceof CorruptLog) return error.message;
    throw error;
  }
}
