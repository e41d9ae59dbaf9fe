import { access } from "node:fs/promises";
import { join } from "node:path";
import { FORMAT_FILE, readFormat, writeFormat } from "./format-file.ts";
import { UPGRADES, type Upgrade } from "./upgrades.ts";

/**
 * Brings a locked directory of an older format to the newest one, format by format. One that is new, newer or no data
 * directory is left for `prepareDirectory` to judge.
 *
 * @throws UnusableDirectory when its format is no number
 */
export async function upgradeDirectory(
  directory: string,
  upgrades: readonly Upgrade[] = UPGRADES,
): Promise<void> {
  const exists = await access(join(directory, FORMAT_FILE)).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  const format = await readFormat(directory);
  for (const [index, { run }] of upgrades.slice(format - 1).entries()) {
    await run(directory);
    // Not before the step is done: a crash in the middle of it is met by doing it again.
    await writeFormat(directory, format + index + 1);
  }
}
