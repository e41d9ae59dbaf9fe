import { runClosedLoop } from "../load/closed-loop.ts";
import { buildRequest, filler } from "../load/requests.ts";
import type { LoadResult } from "../load/result.ts";
import { settledMemory } from "../measure/settle.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const CONNECTIONS = [64];
const REQUESTS_PER_CYCLE = 3;

/** Streams that live for a moment: what is left of them in memory shows too. */
export const churnWorkload: Workload = {
  name: "churn",
  description: "streams created, appended to once (256 bytes) and deleted; an operation is all three",
  figures: [
    "operationsPerSecond",
    "cpuMicrosPerOperation",
    "anonymousPeak",
    "anonymousGrowth",
    "loadCpuPercent",
  ],
  chart: "cpuMicrosPerOperation",
  variants: (connections = CONNECTIONS) =>
    connections.map((count) => ({ label: `${count} connections`, run: (context) => run(context, count) })),
};

async function run(context: RoundContext, connections: number): Promise<Sample> {
  const { pid } = context.server;
  const cycle = (seconds: number) => runCycles(context, connections, seconds);
  await cycle(context.seconds);
  const before = pid === undefined ? undefined : await settledMemory(pid);
  const { result, usage } = await measure(context, () => cycle(context.seconds));
  const after = pid === undefined ? undefined : await settledMemory(pid);
  const growth = before === undefined || after === undefined ? {} : { anonymousGrowth: after - before };
  return { figures: { ...operationFigures(result, usage), ...growth }, errors: result.errors };
}

/** Each connection goes through create, append, delete, every time under a new name. */
async function runCycles(context: RoundContext, connections: number, seconds: number): Promise<LoadResult> {
  const { address, streamRoot } = context.server;
  const headers = { "Content-Type": "application/octet-stream" };
  const steps = [
    { method: "PUT", headers },
    { method: "POST", headers, body: filler(256) },
    { method: "DELETE", headers: {} },
  ];
  const sent = new Uint32Array(connections);
  const result = await runClosedLoop({
    ...{ address, connections, seconds },
    next: (connection) => {
      const count = sent[connection]!++;
      const path = `${streamRoot}churn-${connection}-${Math.floor(count / REQUESTS_PER_CYCLE)}`;
      return buildRequest({ ...steps[count % REQUESTS_PER_CYCLE]!, path }, address);
    },
  });
  return { ...result, operations: result.operations / REQUESTS_PER_CYCLE };
}
