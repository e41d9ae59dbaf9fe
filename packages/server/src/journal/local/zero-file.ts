/** Files that are filled with zeros beforehand: to write into them moves data only, and no metadata. */
import type { Disk } from "./disk.ts";

/** Zeros are written in steps of this size, so that a batch never waits long behind them. */
const ZERO_STEP_BYTES = 256 * 1024;

/**
 * Makes a file of zeros, or none if that fails: half of one helps nobody, and on a full disk its room does.
 *
 * @param goesOn asked before each step; false: what there is then will do
 */
export async function makeZeroFile(
  disk: Disk,
  name: string,
  size: number,
  goesOn: () => boolean,
): Promise<void> {
  try {
    await fill(disk, name, size, goesOn);
  } catch (error) {
    if ((await disk.list()).includes(name)) await disk.remove(name);
    throw error;
  }
}

async function fill(disk: Disk, name: string, size: number, goesOn: () => boolean): Promise<void> {
  const zeros = [new Uint8Array(Math.min(ZERO_STEP_BYTES, size))];
  const file = await disk.open(name, false);
  try {
    for (let at = 0; at < size && goesOn(); at += zeros[0]!.length) await file.write(zeros, at);
    await file.flush();
  } finally {
    await file.close();
  }
}
