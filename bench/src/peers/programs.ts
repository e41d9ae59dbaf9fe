import { spawn, spawnSync } from "node:child_process";

/** True if the program can be found and run here. */
export function hasProgram(name: string, versionFlag = "--version"): boolean {
  return spawnSync(name, [versionFlag], { stdio: "ignore" }).error === undefined;
}

/** Runs a command to its end with its output on ours; resolves to its exit code. */
export function runVisibly(command: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command[0]!, command.slice(1), { stdio: ["ignore", 2, 2] });
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
