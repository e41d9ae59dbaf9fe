import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "./exchange.ts";
import type { RequestSeries } from "./requests.ts";
import type { LoadResult } from "./result.ts";
import { parseWrkReport, wrkScript } from "./wrk-script.ts";

/** A run of `wrk`: as many connections as told, each sending the next request of the series when it can. */
export interface WrkRun {
  readonly address: Address;
  readonly connections: number;
  readonly threads: number;
  /** Rounded up to whole seconds, the only ones that `wrk` knows. */
  readonly seconds: number;
  readonly series: RequestSeries;
}

/** Runs `wrk` to its end and reads the figures that its script prints. */
export async function runWrk(run: WrkRun): Promise<LoadResult> {
  const directory = mkdtempSync(join(tmpdir(), "perennial-wrk-"));
  try {
    const script = join(directory, "load.lua");
    writeFileSync(script, wrkScript(run.series, run.address));
    return parseWrkReport(await output("wrk", [...wrkFlags(run), "-s", script, origin(run.address)]));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function wrkFlags({ threads, connections, seconds }: WrkRun): string[] {
  const count = Math.min(threads, connections);
  return ["-t", String(count), "-c", String(connections), "-d", `${Math.ceil(seconds)}s`, "--timeout", "10s"];
}

function origin({ host, port }: Address): string {
  return `http://${host}:${port}`;
}

function output(program: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`wrk failed: ${text}`))));
  });
}
