import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** Seconds that some cores spent working for processes, and that the hypervisor took from them. */
export interface CoreTime {
  readonly busy: number;
  readonly stolen: number;
}

/** Reads the lines of the given cores in `/proc/stat` (proc(5)), interrupts left out. */
export function parseCoreTime(text: string, cores: ReadonlySet<number>): CoreTime {
  let [busy, stolen] = [0, 0];
  for (const [, core, rest] of text.matchAll(/^cpu(\d+) (.*)$/gm)) {
    if (!cores.has(Number(core))) continue;
    const [user = 0, nice = 0, system = 0, , , , , steal = 0] = rest!.split(" ").map(Number);
    busy += (user + nice + system) / TICKS_PER_SECOND;
    stolen += steal / TICKS_PER_SECOND;
  }
  return { busy, stolen };
}

/** The cores of a `taskset -c` list such as `0,2-3`. */
export function parseCoreList(list: string): ReadonlySet<number> {
  const cores = new Set<number>();
  for (const part of list.split(",")) {
    const [first = 0, last = first] = part.split("-").map(Number);
    for (let core = first; core <= last; core++) cores.add(core);
  }
  return cores;
}

/** The time of these cores so far. */
export function readCoreTime(list: string): CoreTime {
  return parseCoreTime(readFileSync("/proc/stat", "utf8"), parseCoreList(list));
}
