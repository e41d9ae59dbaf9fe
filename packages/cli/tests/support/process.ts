/** Runs the built program in a process of its own. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("entry.mjs", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../../bin/perennial.js", import.meta.url));

// Quick when nothing has changed. Throws with what the compiler says.
execFileSync(process.execPath, [fileURLToPath(new URL("build.mjs", import.meta.url))], { stdio: "inherit" });

/** What a finished process left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The name to call it by. Default `perennial`. */
  readonly name?: "durable-stream";
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A process under test. Its output gathers in `stdout` and `stderr`. */
export class Running {
  stdout = "";
  stderr = "";
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    this.finished = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        this.#wake();
      });
    });
  }

  /** Resolves with the match once the output (both kinds) holds it; fails if the process ends before. */
  async output(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (match !== null) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the process ended without ${pattern}:\n${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Starts `perennial` with arguments. Without a `cwd` it gets an empty directory of its own. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  return spawnNode([ENTRY, options.name ?? "perennial", ...args], options);
}

/** Starts `perennial` as its users do in a checkout, by the launcher. */
export function launch(args: readonly string[], options: RunOptions = {}): Running {
  return spawnNode([LAUNCHER, ...args], options);
}

function spawnNode(args: readonly string[], options: RunOptions): Running {
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? mkdtempSync(join(tmpdir(), "perennial-cli-")),
    env: { ...cleanEnvironment(), ...options.env },
  });
  child.stdin.on("error", () => {});
  if (options.input !== undefined) child.stdin.end(options.input);
  else child.stdin.end();
  return new Running(child);
}

/** Runs `perennial` to its end. */
export function run(args: readonly string[], options?: RunOptions): Promise<Finished> {
  return start(args, options).finished;
}

/** The environment without what would change the outcome. */
function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(PERENNIAL_|STREAM_|NODE_OPTIONS|FORCE_COLOR|VITEST)/.test(name),
    ),
  );
}
