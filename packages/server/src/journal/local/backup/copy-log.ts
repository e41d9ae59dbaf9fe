/**
 * Copies the log beside a running server that writes to it, drops segments and uses their files again. Nobody is asked:
 * whether the copy goes on where the snapshot of the archive ends is seen from the copy itself.
 */
import { copyFile, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CorruptLog } from "../corrupt-log.ts";
import { MARK_FILE, readMark } from "../durable-mark.ts";
import { judgeMark } from "../judge-mark.ts";
import { NodeDisk } from "../node-disk.ts";
import { walkLog } from "../recovery.ts";
import { segmentNumber } from "../segment.ts";
import { SLAB_BYTES, Slabs } from "../slabs.ts";

/**
 * Copies mark and segments, in this order: what the mark promises was written before. Each segment is copied whole, so all
 * that was acknowledged before the call is in the copy, also what is not marked yet.
 */
export async function copyLog(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { mode: 0o700 });
  await copyFile(join(from, MARK_FILE), join(to, MARK_FILE));
  const names = (await readdir(from)).filter((name) => segmentNumber(name) !== undefined).sort();
  for (const name of names) {
    try {
      await copyFile(join(from, name), join(to, name));
    } catch (error) {
      // Dropped, or taken for another segment, meanwhile: the walk shows whether it was needed.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  for (const name of await readdir(to)) await flush(join(to, name));
  await flush(to);
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync();
  await handle.close();
}

/** Whether a copy of the log holds all from the archive's log position on to its mark. Otherwise says why not. */
export async function whatIsMissing(
  directory: string,
  logPosition: number,
  term: number,
): Promise<string | undefined> {
  const disk = new NodeDisk(directory);
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
