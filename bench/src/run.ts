import type { Peer } from "./peers/peer.ts";
import type { RunPlan } from "./plan.ts";
import type { RoundSample, Row } from "./results.ts";
import { runRound } from "./round.ts";
import type { Variant, Workload } from "./workloads/workload.ts";

/**
 * Runs every variant of every workload on every peer that suits it. Peers take turns within a round, in the
 * opposite order every other round, so that what drifts on the machine meets them alike.
 */
export async function runAll(plan: RunPlan): Promise<Row[]> {
  const rows: Row[] = [];
  for (const workload of plan.workloads) {
    const peers = plan.peers.filter((peer) => suits(workload, peer));
    for (const variant of workload.variants(plan.connections)) {
      if (plan.signal.aborted) return rows;
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
    samples: [] as RoundSample[],
    failures: [] as string[],
  }));
  for (let round = 1; round <= plan.rounds; round++) {
    const turns = peers.map((peer, index) => ({ peer, row: rows[index]! }));
    if (round % 2 === 0) turns.reverse();
    for (const { peer, row } of turns) {
      if (plan.signal.aborted) return rows;
      plan.progress(`${workload.name} (${variant.label}), round ${round} of ${plan.rounds}: ${peer.name}`);
      try {
        const title = [workload.name, variant.label, peer.name, round].join("-");
        row.samples.push({ round, ...(await runRound(plan, { variant, peer, title })) });
      } catch (error) {
        row.failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return rows;
}
