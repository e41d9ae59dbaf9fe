/** CPU time that one process has used, in seconds. */
export interface ProcessTimes {
  /** User plus system time of all the threads it has or had. */
  readonly own: number;
  /** The same for children that have ended and were waited for. */
  readonly children: number;
}

/** Memory of one process, in bytes. */
export interface ProcessMemory {
  readonly resident: number;
  /** The anonymous part of it: heap and stacks, without mapped files. */
  readonly anonymous: number;
}

/** Linux reports times in ticks of a hundredth of a second to every program (USER_HZ), whatever its own clock. */
const TICKS_PER_SECOND = 100;

/**
 * Reads `/proc/<pid>/stat` (proc(5)). The command name may hold spaces and parentheses, so the fields are counted
 * from its last closing one.
 */
export function parseStat(text: string): ProcessTimes {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = (position: number) => Number(fields[position]) / TICKS_PER_SECOND;
  return { own: ticks(11) + ticks(12), children: ticks(13) + ticks(14) };
}

/** Reads the memory lines of `/proc/<pid>/status`; a line that is missing (a kernel thread, a zombie) counts 0. */
export function parseStatus(text: string): ProcessMemory {
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
  return { resident: bytes("VmRSS"), anonymous: bytes("RssAnon") };
}

/** Reads the time on the CPU, in seconds, from `/proc/<pid>/task/<tid>/schedstat`, which counts nanoseconds. */
export function parseSchedstat(text: string): number {
  return Number(text.split(" ", 1)[0]) / 1e9;
}
