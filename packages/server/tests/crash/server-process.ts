/** The real server as a process of its own, to be killed. Runs the build that `npm test` makes first. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const COMMAND = new URL("../../../cli/bin/perennial.js", import.meta.url).pathname;

export interface ServerProcess {
  readonly url: string;
  /** What recovery reported. */
  readonly recovery: { readonly streams: number; readonly records: number; readonly tornTail: boolean };
  /** Milliseconds from the start of the process until it listened. */
  readonly startMs: number;
  readonly pid: number;
  /** SIGKILL. Resolves once the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves once the process has ended by itself. */
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly directory: string;
  /** More arguments of `perennial serve`. */
  readonly args?: readonly string[];
  /** More flags of Node. */
  readonly nodeFlags?: readonly string[];
  /** A limit of open files for the process. */
  readonly openFiles?: number;
}

/** Starts the server and waits until it listens. */
export async function startServer({
  directory,
  args = [],
  nodeFlags = [],
  openFiles,
}: ServerProcessOptions): Promise<ServerProcess> {
  const began = performance.now();
  const command = [
    process.execPath,
    ...nodeFlags,
    COMMAND,
    "serve",
    "--port",
    "0",
    "--data-dir",
    directory,
    ...args,
  ];
  const shell = openFiles === undefined ? "exec" : `ulimit -n ${openFiles}; exec`;
  const child = spawn("bash", ["-c", `${shell} "$0" "$@"`, ...command], {
    stdio: ["ignore", "ignore", "pipe"],
    // Its settings are its own.
    env: { PATH: process.env.PATH },
  });
  const { url, recovery } = await announced(child);
  return { url, recovery, startMs: performance.now() - began, pid: child.pid!, ...endings(child) };
}

/** Waits for the two lines of the server's log, on standard error, that say it is ready. */
function announced(child: ChildProcess): Promise<Pick<ServerProcess, "url" | "recovery">> {
  return new Promise((resolve, reject) => {
    let recovery: ServerProcess["recovery"] | undefined;
    const complaints: string[] = [];
    createInterface({ input: child.stderr! }).on("line", (line) => {
      const entry = line.startsWith("{") ? JSON.parse(line) : {};
      if (entry.msg === undefined) complaints.push(line);
      if (entry.msg === "log opened") recovery = entry;
      if (entry.msg === "listening") resolve({ url: entry.url, recovery: recovery! });
    });
    child.once("exit", () => reject(new Error(`the server did not start: ${complaints.join(" ")}`)));
  });
}

function endings(child: ChildProcess): Pick<ServerProcess, "kill" | "stop"> {
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  };
  return { kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}
