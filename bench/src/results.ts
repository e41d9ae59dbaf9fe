import type { Machine } from "./measure/machine.ts";
import type { SkippedPeer } from "./peers/index.ts";
import type { Sample } from "./workloads/workload.ts";

/** What one round found. */
export interface RoundSample extends Sample {
  /** Counted from 1. */
  readonly round: number;
}

/** All rounds of one variant on one peer. */
export interface Row {
  readonly workload: string;
  readonly variant: string;
  readonly peer: string;
  readonly samples: readonly RoundSample[];
  /** Rounds that came to nothing, and why. */
  readonly failures: readonly string[];
}

/** A peer as the report names it. */
export interface DescribedPeer {
  readonly name: string;
  readonly description: string;
  readonly durable: boolean;
}

/** Everything that one run of the benchmark found; written as JSON. */
export interface Results {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly commit: string | undefined;
  readonly machine: Machine;
  readonly generator: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly peers: readonly DescribedPeer[];
  readonly skipped: readonly SkippedPeer[];
  readonly rows: readonly Row[];
}
