import { abuseWorkload } from "./abuse/index.ts";
import { appendWorkload } from "./append.ts";
import { catchUpWorkload } from "./catch-up.ts";
import { churnWorkload } from "./churn.ts";
import { fixedRateWorkload } from "./fixed-rate.ts";
import { idleWorkload } from "./idle.ts";
import { jsonBatchWorkload } from "./json-batch.ts";
import { fanOutWorkload, tailWorkload } from "./live.ts";
import { manyStreamsWorkload } from "./many-streams.ts";
import { mixedWorkload } from "./mixed.ts";
import { producerWorkload } from "./producer.ts";
import { readWorkload } from "./read.ts";
import { replayWorkload } from "./replay.ts";
import { restartWorkload } from "./restart.ts";
import {
  appendBesideSubscriptionsWorkload,
  restartWithSubscriptionsWorkload,
  webhooksWorkload,
} from "./subscriptions.ts";
import type { Workload } from "./workload.ts";

/** Everything that can be measured, in the order of the report. */
export const workloads: readonly Workload[] = [
  ...[1, 100, 1_000, 10_000, 100_000].map(appendWorkload),
  fixedRateWorkload,
  producerWorkload,
  jsonBatchWorkload,
  readWorkload,
  catchUpWorkload(1, [16]),
  catchUpWorkload(64, [1, 16]),
  replayWorkload,
  fanOutWorkload,
  tailWorkload("sse"),
  tailWorkload("long-poll"),
  idleWorkload,
  churnWorkload,
  mixedWorkload,
  abuseWorkload,
  restartWorkload("restart-19000", 19_000, 19_000),
  restartWorkload("recovery-1m", 100_000, 1_000_000),
  manyStreamsWorkload("streams-1m", 1_000_000),
  appendBesideSubscriptionsWorkload(100_000),
  webhooksWorkload,
  restartWithSubscriptionsWorkload(100_000),
];

/** The workloads with these names, `all` for all; throws for a name that there is not. */
export function findWorkloads(names: readonly string[]): readonly Workload[] {
  if (names.includes("all")) return workloads;
  return names.map((name) => {
    const found = workloads.find((workload) => workload.name === name);
    if (found !== undefined) return found;
    throw new Error(
      `no workload ${name}; there are: ${workloads.map((workload) => workload.name).join(", ")}`,
    );
  });
}
