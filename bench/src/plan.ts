import type { Generator } from "./load/plain.ts";
import type { Cores } from "./measure/cores.ts";
import type { Peer } from "./peers/peer.ts";
import type { Row } from "./results.ts";
import type { Workload } from "./workloads/workload.ts";

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
  /** Whether rounds wait for a quiet machine and are repeated if it does not stay so. */
  readonly undisturbed: boolean;
  /** Whether the servers are scheduled before everything else. */
  readonly highPriority: boolean;
  /** Ends the run after the round that is under way; what was measured by then is reported. */
  readonly signal: AbortSignal;
  /** Where logs and profiles of the servers go. */
  readonly artifactsDirectory: string;
  /** Where the servers keep their data while they run. */
  readonly dataDirectory: string;
  /** Told after each round. */
  progress(line: string): void;
  /** Told after each variant, with all its rows. */
  measured(rows: readonly Row[]): void;
}
