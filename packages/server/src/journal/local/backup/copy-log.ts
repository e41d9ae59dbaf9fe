/**
 * Copies the log beside a running server that writes to it, drops segments and uses their files again. Nobody is asked:
 * whether the copy goes on where the snapshot of the archive ends is seen from the copy itself.
 */
import { CorruptLog } from "../corrupt-log.ts";
import type { Disk } from "../disk.ts";
import { MARK_FILE, readMark } from "../durable-mark.ts";
import { judgeMark } from "../judge-mark.ts";
import { walkLog } from "../recovery.ts";
import { segmentNumber } from "../segment.ts";
import { SLAB_BYTES, Slabs } from "../slabs.ts";
import { fill, piecesOf } from "./directory-disks.ts";

/**
 * Copies mark and segments, in this order: what the mark promises was written before. Each segment is copied whole, so all
 * that was acknowledged before the call is in the copy, also what is not marked yet.
 *
 * @param to what it holds already is removed
 */
export async function copyLog(from: Disk, to: Disk): Promise<void> {
  for (const name of await to.list()) await to.remove(name);
  await copyFile(from, to, MARK_FILE);
  const names = (await from.list()).filter((name) => segmentNumber(name) !== undefined).sort();
  for (const name of names) {
    try {
      await copyFile(from, to, name);
    } catch (error) {
      // Dropped, or taken for another segment, meanwhile: the walk shows whether it was needed.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  await to.flushDirectory();
}

/** The copy is durable, but for its name. */
async function copyFile(from: Disk, to: Disk, name: string): Promise<void> {
  const source = await from.openToRead(name);
  await fill(await to.open(name, false), piecesOf(source));
}

/** Whether a copy of the log holds all from the archive's log position on to its mark. Otherwise says why not. */
export async function whatIsMissing(
  disk: Disk,
  logPosition: number,
  term: number,
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
    await walkLog(disk, slabs, term, mark, visitor);
    return undefined;
  } catch (error) {
    if (error instanceof CorruptLog) return error.message;
    throw error;
  }
}
