import { runOpenLoop } from "../load/open-loop.ts";
import { buildRequests, filler } from "../load/requests.ts";
import { addErrors } from "../load/result.ts";
import { createStreams } from "../load/streams.ts";
import { WARM_UP_SECONDS } from "./append.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const STREAMS = 1_000;
const CONNECTIONS = 64;
const RATES = [2_000, 10_000, 20_000];
const CONTENT_TYPE = "application/octet-stream";

/** Appends at a fixed rate: the latency of a server that is not saturated, with every stall counted in full. */
export const fixedRateWorkload: Workload = {
  name: "append-rate",
  description: `appends of 256 bytes to 1,000 streams at a fixed rate over ${CONNECTIONS} connections; latency from when each was due`,
  figures: ["p99", "p50", "p999", "cpuMicrosPerOperation", "operationsPerSecond", "loadCpuPercent"],
  chart: "p99",
  variants: () =>
    RATES.map((rate) => ({ label: `${rate.toLocaleString("en")}/s`, run: (context) => run(context, rate) })),
};

async function run(context: RoundContext, perSecond: number): Promise<Sample> {
  const { address, streamRoot } = context.server;
  const root = `${streamRoot}rate-`;
  const created = await createStreams(address, root, STREAMS, CONTENT_TYPE);
  const headers = { "Content-Type": CONTENT_TYPE };
  const requests = buildRequests(
    { method: "POST", root, count: STREAMS, headers, body: filler(256) },
    address,
  );
  const load = (seconds: number) =>
    runOpenLoop({
      ...{ address, connections: CONNECTIONS, perSecond, seconds },
      request: (index) => requests[index % STREAMS]!,
    });
  await load(Math.min(WARM_UP_SECONDS, context.seconds));
  const { result, usage } = await measure(context, () => load(context.seconds));
  return { figures: operationFigures(result, usage), errors: addErrors(created, result.errors) };
}
