import { appendWorkload } from "./append.ts";
import type { Workload } from "./workload.ts";

/** Everything that can be measured, in the order of the report. */
export const workloads: readonly Workload[] = [...[1, 100, 1_000, 10_000, 100_000].map(appendWorkload)];

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
