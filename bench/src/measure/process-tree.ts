import { readdirSync, readFileSync } from "node:fs";
import { type ProcessMemory, parseSchedstat, parseStat, parseStatus } from "./proc.ts";

/** CPU seconds of a process and its children, counted in two ways that both err on the low side. */
export interface CpuReading {
  /** From the process's own account: complete, in steps of 10 ms. */
  readonly ticks: number;
  /** From its threads: exact to the nanosecond, without the threads that have ended. */
  readonly threads: number;
}

/** The process and all its descendants that are alive now. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (const member of tree) {
    for (const thread of list(`/proc/${member}/task`)) {
      const children = read(`/proc/${member}/task/${thread}/children`).split(" ").filter(Boolean);
      tree.push(...children.map(Number));
    }
  }
  return tree;
}

/** CPU time used so far by the process, its threads and its children. */
export function readCpu(pid: number): CpuReading {
  let ticks = 0;
  let threads = 0;
  for (const member of processTree(pid)) {
    const stat = read(`/proc/${member}/stat`);
    if (stat === "") continue;
    const times = parseStat(stat);
    ticks += times.own + times.children;
    for (const thread of list(`/proc/${member}/task`)) {
      threads += parseSchedstat(read(`/proc/${member}/task/${thread}/schedstat`) || "0");
    }
  }
  return { ticks, threads };
}

/** CPU seconds between two readings: each account can only miss time, so the larger is nearer the truth. */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  return Math.max(after.ticks - before.ticks, after.threads - before.threads);
}

/** Memory of the process and its children together. */
export function readMemory(pid: number): ProcessMemory {
  const parts = processTree(pid).map((member) => parseStatus(read(`/proc/${member}/status`)));
  return {
    resident: parts.reduce((sum, part) => sum + part.resident, 0),
    anonymous: parts.reduce((sum, part) => sum + part.anonymous, 0),
  };
}

/** A process may end between the listing and the look: then there is nothing to count. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
