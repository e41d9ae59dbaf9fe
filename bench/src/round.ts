import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { QUIET_PERCENT_MAX, untilQuiet } from "./measure/quiet.ts";
import { type Interval, traceFigures } from "./measure/server-trace.ts";
import type { Peer } from "./peers/peer.ts";
import { type Server, startServer } from "./peers/server.ts";
import type { RunPlan } from "./plan.ts";
import type { Sample, Variant } from "./workloads/workload.ts";

/** One round to run: what, on which peer, and the name of the files it leaves. */
export interface Round {
  readonly variant: Variant;
  readonly peer: Peer;
  readonly title: string;
}

const ATTEMPTS_MAX = 4;

/**
 * Runs a round. If the plan asks for undisturbed ones, it waits for a quiet machine first, and a round in which
 * others had more than a tenth of a core is run again, four times at most; the least disturbed one counts.
 */
export async function runRound(plan: RunPlan, round: Round): Promise<Sample> {
  const { cores } = plan;
  if (!plan.undisturbed || cores === undefined) return await runOnce(plan, round);
  let best: Sample | undefined;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    await untilQuiet(cores);
    const sample = await runOnce(plan, round);
    if (best === undefined || disturbance(sample) < disturbance(best)) best = sample;
    if (disturbance(best) <= QUIET_PERCENT_MAX) break;
  }
  return best!;
}

function disturbance(sample: Sample): number {
  return sample.figures.othersPercent ?? 0;
}

/** A fresh server over an empty directory, measured and stopped. */
async function runOnce(plan: RunPlan, { variant, peer, title }: Round): Promise<Sample> {
  const dataDirectory = join(plan.dataDirectory, peer.name);
  rmSync(dataDirectory, { recursive: true, force: true });
  mkdirSync(dataDirectory, { recursive: true });
  const artifact = join(plan.artifactsDirectory, title.replace(/[^\w]+/g, "-"));
  let server: Server | undefined;
  try {
    server = await startServer(peer, {
      dataDirectory,
      artifact,
      cores: plan.cores,
      highPriority: plan.highPriority,
      environment: variant.environment,
    });
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
