import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Generator } from "./load/plain.ts";
import type { Cores } from "./measure/cores.ts";
import { type Interval, traceFigures } from "./measure/server-trace.ts";
import type { Peer } from "./peers/peer.ts";
import { type Server, startServer } from "./peers/server.ts";
import type { Row } from "./results.ts";
import type { Sample, Variant, Workload } from "./workloads/workload.ts";

/** What is run, and how. */
export interface RunPlan {
  readonly workloads: readonly Workload[];
  readonly peers: readonly Peer[];
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: readonly number[] | undefined;
  readonly generator: Generator;
  readonly cores: Cores | undefined;
  readonly loadThreads: number;
  /** Where logs and profiles of the servers go. */
  readonly artifactsDirectory: string;
  /** Where the servers keep their data while they run. */
  readonly dataDirectory: string;
  /** Told after each round. */
  progress(line: string): void;
  /** Told after each variant, with all its rows. */
  measured(rows: readonly Row[]): void;
}

/**
 * Runs every variant of every workload on every peer that suits it. Peers take turns within a round, in the
 * opposite order every other round, so that what drifts on the machine meets them alike.
 */
export async function runAll(plan: RunPlan): Promise<Row[]> {
  const rows: Row[] = [];
  for (const workload of plan.workloads) {
    const peers = plan.peers.filter((peer) => suits(workload, peer));
    for (const variant of workload.variants(plan.connections)) {
      const measured = await runVariant(plan, workload, variant, peers);
      plan.measured(measured);
      rows.push(...measured);
    }
  }
  return rows;
}

function suits(workload: Workload, peer: Peer): boolean {
  if (peer.ceiling === true) return workload.ceiling === true;
  return workload.needsDurability !== true || (peer.durable && peer.origin === undefined);
}

async function runVariant(
  plan: RunPlan,
  workload: Workload,
  variant: Variant,
  peers: readonly Peer[],
): Promise<Row[]> {
  const rows = peers.map((peer) => ({
    ...{ workload: workload.name, variant: variant.label, peer: peer.name },
    samples: [] as Sample[],
    failures: [] as string[],
  }));
  for (let round = 1; round <= plan.rounds; round++) {
    const turns = peers.map((peer, index) => ({ peer, row: rows[index]! }));
    if (round % 2 === 0) turns.reverse();
    for (const { peer, row } of turns) {
      plan.progress(`${workload.name} (${variant.label}), round ${round} of ${plan.rounds}: ${peer.name}`);
      try {
        row.samples.push(
          await runRound(plan, variant, peer, [workload.name, variant.label, peer.name, round].join("-")),
        );
      } catch (error) {
        row.failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return rows;
}

/** One round: a fresh server over an empty directory, measured and stopped. */
async function runRound(plan: RunPlan, variant: Variant, peer: Peer, title: string): Promise<Sample> {
  const dataDirectory = join(plan.dataDirectory, peer.name);
  rmSync(dataDirectory, { recursive: true, force: true });
  mkdirSync(dataDirectory, { recursive: true });
  const artifact = join(plan.artifactsDirectory, title.replace(/[^\w]+/g, "-"));
  let server: Server | undefined;
  try {
    server = await startServer(peer, { dataDirectory, artifact, cores: plan.cores });
    const { seconds, generator, loadThreads } = plan;
    let measured: Interval | undefined;
    const sample = await variant.run({
      ...{ server, seconds, generator, loadThreads, cores: plan.cores },
      measured: (interval) => {
        measured = interval;
      },
    });
    await server.stop();
    return { ...sample, figures: { ...sample.figures, ...traceFigures(server.trace, measured) } };
  } finally {
    await server?.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
