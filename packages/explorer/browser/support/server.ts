/** A server in a process of its own, as its users run it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DurableStream } from "@perennial/client";

const LAUNCHER = fileURLToPath(new URL("../../../cli/bin/perennial.js", import.meta.url));

export interface TestServer {
  readonly origin: string;
  /** The address of a stream. */
  url(path: string): string;
  /** Creates a stream, with a body if one is given. */
  create(path: string, contentType: string, body?: string): Promise<DurableStream>;
  stop(): Promise<void>;
}

/** Starts `perennial serve` on a port of the system's choice; in memory, unless a flag names a directory. */
export async function startServer(port = 0, ...flags: readonly string[]): Promise<TestServer> {
  const storage = flags.includes("--data-dir") ? [] : ["--memory"];
  const args = [LAUNCHER, "serve", ...storage, "--port", String(port), "--drain-ms", "0", ...flags];
  const child = spawn(process.execPath, args, {
    cwd: mkdtempSync(join(tmpdir(), "perennial-explorer-")),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const origin = await listening(child);
  const url = (path: string): string => `${origin}/v1/stream/${path}`;
  return {
    origin,
    url,
    create: (path, contentType, body) =>
      DurableStream.create({ url: url(path), contentType, ...(body !== undefined && { body }) }),
    stop: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const match = /"url":"(http:[^"]+)"/.exec(output);
      if (match !== null) resolve(match[1]!);
    });
    child.once("exit", () => reject(new Error(`the server ended:\n${output}`)));
  });
}
