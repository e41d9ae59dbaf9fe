import { type PlainLoad, runPlain } from "../load/plain.ts";
import { filler, type RequestSeries } from "../load/requests.ts";
import { addErrors } from "../load/result.ts";
import { createStreams } from "../load/streams.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const BODY_BYTES = 256;
/** How long a server is driven before it is measured, so that it is compiled and its caches are full. */
export const WARM_UP_SECONDS = 2;
const CONNECTIONS = [64, 256];

/** Plain appends of 256 bytes to a number of streams in turn. */
export function appendWorkload(streams: number): Workload {
  return {
    name: `append-${streams}`,
    description: `appends of ${BODY_BYTES} bytes to ${streams.toLocaleString("en")} streams in turn`,
    figures: [
      "operationsPerSecond",
      "cpuMicrosPerOperation",
      "p50",
      "p99",
      "p999",
      "anonymousPeak",
      "loadCpuPercent",
    ],
    chart: "operationsPerSecond",
    ceiling: true,
    variants: (connections = CONNECTIONS) =>
      connections.map((count) => ({
        label: `${count} connections`,
        run: (context) => runAppends(context, count, appendSeries(context.server.streamRoot, streams)),
      })),
  };
}

function appendSeries(streamRoot: string, streams: number): RequestSeries {
  return {
    method: "POST",
    root: `${streamRoot}append-`,
    count: streams,
    headers: { "Content-Type": "application/octet-stream" },
    body: filler(BODY_BYTES),
  };
}

/** Creates the streams of the series, warms the server up, and measures. */
export async function runAppends(
  context: RoundContext,
  connections: number,
  series: RequestSeries,
): Promise<Sample> {
  const { address } = context.server;
  const contentType = series.headers["Content-Type"] ?? "application/octet-stream";
  const created = await createStreams(address, series.root, series.count, contentType);
  const load: PlainLoad = {
    ...{ address, connections, series, seconds: context.seconds },
    ...{ generator: context.generator, threads: context.loadThreads },
  };
  await runPlain({ ...load, seconds: Math.min(WARM_UP_SECONDS, context.seconds) });
  const { result, usage } = await measure(context, () => runPlain(load));
  return { figures: operationFigures(result, usage), errors: addErrors(created, result.errors) };
}
