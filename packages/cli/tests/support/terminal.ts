import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Running } from "./process.ts";

const ENTRY = fileURLToPath(new URL("entry.mjs", import.meta.url));

/** Starts `perennial` at a terminal of its own. All output is in `stdout`. */
export function atTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const words = [process.execPath, ENTRY, "perennial", ...args].map((word) => `'${word}'`);
  return shellAtTerminal(words.join(" "), { env });
}

/**
 * Starts a command line at a terminal, which `script` from util-linux lends. Its input is what is typed.
 * The shell gives way to the command: a shell that stayed would take Ctrl-C for itself too, and end with 130.
 */
export function shellAtTerminal(
  line: string,
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd?: string },
): Running {
  // Node takes a terminal for colourless when either of these is set.
  const { NO_COLOR: _colours, CI: _integration, ...inherited } = process.env;
  const child = spawn("script", ["-qec", `exec ${line}`, "/dev/null"], {
    env: { ...inherited, TERM: "xterm-256color", ...env },
    ...(cwd !== undefined && { cwd }),
  });
  return new Running(child);
}
