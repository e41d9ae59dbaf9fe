import { type PlainLoad, runPlain } from "../load/plain.ts";
import { filler } from "../load/requests.ts";
import { addErrors } from "../load/result.ts";
import { createStreams, sendOnce } from "../load/streams.ts";
import { WARM_UP_SECONDS } from "./append.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const STREAMS = 1_000;
const BODY_BYTES = 1_024;
const CONNECTIONS = [64];
const CONTENT_TYPE = "application/octet-stream";

/** Small reads from the start of streams that were just written. */
export const readWorkload: Workload = {
  name: "read-1k",
  description: "catch-up reads of 1 kB, hot, from 1,000 streams in turn",
  figures: [
    "operationsPerSecond",
    "cpuMicrosPerOperation",
    "p50",
    "p99",
    "p999",
    "anonymousPeak",
    "loadCpuPercent",
  ],
  chart: "cpuMicrosPerOperation",
  variants: (connections = CONNECTIONS) =>
    connections.map((count) => ({ label: `${count} connections`, run: (context) => run(context, count) })),
};

async function run(context: RoundContext, connections: number): Promise<Sample> {
  const { address, streamRoot } = context.server;
  const streams = { root: `${streamRoot}read-`, count: STREAMS };
  const created = await createStreams(address, streams.root, STREAMS, CONTENT_TYPE);
  const headers = { "Content-Type": CONTENT_TYPE };
  const filled = await sendOnce(address, { ...streams, method: "POST", headers, body: filler(BODY_BYTES) });
  const load: PlainLoad = {
    ...{
      address,
      connections,
      generator: context.generator,
      threads: context.loadThreads,
      seconds: context.seconds,
    },
    series: { ...streams, method: "GET", query: "?offset=-1", headers: {} },
  };
  await runPlain({ ...load, seconds: Math.min(WARM_UP_SECONDS, context.seconds) });
  const { result, usage } = await measure(context, () => runPlain(load));
  return { figures: operationFigures(result, usage), errors: addErrors(created, filled, result.errors) };
}
