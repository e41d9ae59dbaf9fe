import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

const HIGHEST = constants.priority.PRIORITY_HIGHEST;

/**
 * Has a process, and what it starts later, scheduled before everything else. Linux may group processes by session
 * and share the time between the groups first (sched_autogroup), so the group's own value is set too. Needs root.
 */
export function raisePriority(pid: number): void {
  setPriority(pid, HIGHEST);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(HIGHEST));
  } catch {
    // A kernel without groups needs nothing more.
  }
}
