import { setTimeout as delay } from "node:timers/promises";
import { readCoreTime } from "./core-time.ts";
import { allCores, type Cores } from "./cores.ts";

const WINDOW_MILLISECONDS = 300;
const WINDOWS_MAX = 200;

/** The share of one core that others may use, in percent, in a round that counts as undisturbed. */
export const QUIET_PERCENT_MAX = 10;

/** Waits until the cores have next to nothing to do, a minute at most. */
export async function untilQuiet(cores: Cores): Promise<void> {
  for (let window = 0; window < WINDOWS_MAX; window++) {
    const before = readCoreTime(allCores(cores));
    await delay(WINDOW_MILLISECONDS);
    const after = readCoreTime(allCores(cores));
    const busy = after.busy + after.stolen - before.busy - before.stolen;
    if ((100 * busy) / (WINDOW_MILLISECONDS / 1000) <= QUIET_PERCENT_MAX) return;
  }
}
