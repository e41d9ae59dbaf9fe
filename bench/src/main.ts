import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { helpText } from "./help.ts";
import { chooseCores, pinLoad } from "./measure/cores.ts";
import { describeCommit, describeMachine } from "./measure/machine.ts";
import { raisePriority } from "./measure/priority.ts";
import { type Options, parseOptions } from "./options.ts";
import { repository } from "./paths.ts";
import { preparePeers } from "./peers/index.ts";
import { hasProgram } from "./peers/programs.ts";
import { variantTables } from "./report/markdown.ts";
import { writeProfiles } from "./report/profiles.ts";
import { writeReport } from "./report/write.ts";
import type { Results } from "./results.ts";
import { runAll } from "./run.ts";
import { findWorkloads } from "./workloads/index.ts";

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(helpText(options));
    return;
  }
  await bench(options);
}

async function bench(options: Options): Promise<void> {
  const workloads = findWorkloads(options.workloads);
  const cores = chooseCores(options.serverCores, options.loadCores);
  const { ready, skipped } = await preparePeers(options);
  for (const { name, reason } of skipped) console.error(`skipping ${name}: ${reason}`);
  if (ready.length === 0) throw new Error("no peer can run here");
  const generator = chooseGenerator(options);
  const startedAt = new Date().toISOString();
  const directory =
    options.out ?? join(repository, "bench", "results", startedAt.replace(/[:T]/g, "-").slice(0, 19));
  const artifactsDirectory = join(directory, "artifacts");
  mkdirSync(artifactsDirectory, { recursive: true });
  const dataDirectory = join(repository, ".cache", "bench-data", String(process.pid));
  const head: Omit<Results, "rows"> = {
    ...{ startedAt, commit: describeCommit(repository), machine: describeMachine(cores), generator, skipped },
    ...{ rounds: options.rounds, seconds: options.seconds },
    peers: ready.map(({ name, description, durable }) => ({ name, description, durable })),
  };
  pinLoad(cores);
  if (options.highPriority) raisePriority(process.pid);
  const rows = await runAll({
    ...options,
    signal: interruption(),
    ...{ workloads, peers: ready, generator, cores, artifactsDirectory, dataDirectory },
    loadThreads: Math.max(head.machine.cores - 1, 1),
    progress: (line) => console.error(line),
    measured: printVariant,
  });
  rmSync(dataDirectory, { recursive: true, force: true });
  writeProfiles(artifactsDirectory);
  writeReport(directory, { ...head, rows }, workloads);
  console.log(`Report: ${relative(process.cwd(), join(directory, "README.md"))}`);
}

/** The first interruption ends the run in good order; a second one at once, with the server that is running. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      console.error("ending after this round");
      controller.abort();
    });
  }
  return controller.signal;
}

function printVariant(rows: Results["rows"]): void {
  const [first] = rows;
  if (first === undefined) return;
  const [workload] = findWorkloads([first.workload]);
  console.log(`\n${first.workload}, ${first.variant}\n\n${variantTables(rows, workload!)}\n`);
}

function chooseGenerator(options: Options): "wrk" | "own" {
  if (options.generator !== undefined) return options.generator;
  if (hasProgram("wrk", "-v")) return "wrk";
  console.error("wrk is not installed (Debian: apt-get install wrk); our own generator sends the requests");
  return "own";
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
