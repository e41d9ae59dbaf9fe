import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Running } from "./process.ts";

const ENTRY = fileURLToPath(new URL("entry.mjs", import.meta.url));

/** Starts `perennial` at a terminal of its own, which `script` from util-linux lends. All output is in `stdout`. */
export function atTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const words = [process.execPath, ENTRY, "perennial", ...args].map((word) => `'${word}'`);
  const { NO_COLOR: _none, ...inherited } = process.env;
  const child = spawn("script", ["-qec", words.join(" "), "/dev/null"], {
    env: { ...inherited, TERM: "xterm-256color", ...env },
  });
  return new Running(child);
}
