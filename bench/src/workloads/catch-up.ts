import { type CatchUpResult, fillStream, runCatchUp } from "../load/catch-up.ts";
import { filler } from "../load/requests.ts";
import type { Usage } from "../measure/server-meter.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const APPEND_BYTES = 16 * 1024;
const MEGABYTE = 1024 * 1024;

/** Whole reads of a long stream. */
export function catchUpWorkload(megabytes: number, readerCounts: readonly number[]): Workload {
  return {
    name: `catchup-${megabytes}m`,
    description: `reads of a stream of ${megabytes} MiB from its start, written in appends of 16 KiB`,
    figures: [
      ...(["bytesPerCpuSecond", "bytesPerSecond", "operationsPerSecond", "p50", "p99"] as const),
      ...(["anonymousGrowth", "anonymousPeak", "loadCpuPercent"] as const),
    ],
    chart: "bytesPerCpuSecond",
    variants: (readers = readerCounts) =>
      readers.map((count) => ({
        label: `${count} reader${count === 1 ? "" : "s"}`,
        run: (context) => runReads(context, count, megabytes),
      })),
  };
}

async function runReads(context: RoundContext, readers: number, megabytes: number): Promise<Sample> {
  const { address, streamRoot } = context.server;
  const path = `${streamRoot}catch-up`;
  const appends = (megabytes * MEGABYTE) / APPEND_BYTES;
  await fillStream(address, path, { type: "application/octet-stream", body: filler(APPEND_BYTES), appends });
  const plan = { address, readers, path: () => path, expectedBytes: megabytes * MEGABYTE };
  await runCatchUp({ ...plan, readers: 1 });
  const { result, usage } = await measure(context, () => runCatchUp({ ...plan, seconds: context.seconds }));
  return { figures: readFigures(result, usage), errors: result.errors };
}

/** Throughput and memory of reads, beside what every workload has. */
export function readFigures(result: CatchUpResult, usage: Usage): Sample["figures"] {
  return {
    ...operationFigures(result, usage),
    bytesPerSecond: result.bytes / result.seconds,
    ...(usage.cpuSeconds === undefined ? {} : { bytesPerCpuSecond: result.bytes / usage.cpuSeconds }),
    ...growth(usage),
  };
}

function growth({ before, peak }: Usage): Sample["figures"] {
  if (before === undefined || peak === undefined) return {};
  return { anonymousGrowth: peak.anonymous - before.anonymous };
}
