import { setTimeout as delay } from "node:timers/promises";
import { readMemory } from "./process-tree.ts";

const STEP_MILLISECONDS = 500;
const STEADY_STEPS = 4;
const STEPS_MAX = 30;
const STEADY_BYTES = 1024 * 1024;

/**
 * Waits until the anonymous memory of a process has stayed within a MiB for two seconds, fifteen at most, and tells
 * what it came to, in bytes.
 */
export async function settledMemory(pid: number): Promise<number> {
  let steadySince = readMemory(pid).anonymous;
  let steady = 0;
  for (let step = 0; step < STEPS_MAX && steady < STEADY_STEPS; step++) {
    await delay(STEP_MILLISECONDS);
    const now = readMemory(pid).anonymous;
    if (Math.abs(now - steadySince) <= STEADY_BYTES) steady++;
    else {
      steadySince = now;
      steady = 0;
    }
  }
  return readMemory(pid).anonymous;
}
