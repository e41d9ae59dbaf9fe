import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import type { Cores } from "./cores.ts";

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  /** Most files that a process may have open, as the shell says it. */
  readonly openFilesMax: string;
  readonly pinned: Cores | undefined;
}

/** Describes this machine. */
export function describeMachine(pinned: Cores | undefined): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    kernel: `Linux ${release().split("-")[0]}`,
    node: process.versions.node,
    openFilesMax:
      /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? "unknown",
    pinned,
  };
}

/** The commit that is measured, with a mark if files differ from it; undefined outside a git checkout. */
export function describeCommit(directory: string): string | undefined {
  try {
    const command = ["describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"];
    return execFileSync("git", command, { cwd: directory, encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}
