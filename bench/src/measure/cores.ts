import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which cores the server and the load run on, as `taskset -c` lists; undefined where nothing can be pinned. */
export interface Cores {
  readonly server: string;
  readonly load: string;
}

/**
 * Gives the server the first core and the load the others, unless told otherwise. On a machine with one core, or
 * without `taskset`, nothing is pinned and the report says so.
 */
export function chooseCores(server?: string, load?: string): Cores | undefined {
  const count = availableParallelism();
  if (spawnSync("taskset", ["--version"]).status !== 0 || count < 2) return undefined;
  return { server: server ?? "0", load: load ?? (count === 2 ? "1" : `1-${count - 1}`) };
}

/** The cores of server and load together, as one list. */
export function allCores(cores: Cores): string {
  return `${cores.server},${cores.load}`;
}

/** Moves this process, all its threads and what it will start, to the cores of the load. */
export function pinLoad(cores: Cores | undefined): void {
  if (cores !== undefined) spawnSync("taskset", ["-a", "-c", "-p", cores.load, String(process.pid)]);
}

/** Puts `taskset` before a command, so that it runs on the server's cores under its own process id. */
export function pinned(command: readonly string[], cores: Cores | undefined): readonly string[] {
  return cores === undefined ? command : ["taskset", "-c", cores.server, ...command];
}
