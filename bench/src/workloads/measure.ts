import type { LoadResult } from "../load/result.ts";
import { ServerMeter, type Usage } from "../measure/server-meter.ts";
import type { FigureName } from "../report/figures.ts";
import type { RoundContext, Sample } from "./workload.ts";

/** Runs a load while the server is watched. */
export async function measure<T>(
  context: RoundContext,
  load: () => Promise<T>,
): Promise<{ result: T; usage: Usage }> {
  const meter = new ServerMeter(context.server.pid, context.cores);
  const from = Date.now();
  try {
    const result = await load();
    context.measured({ from, to: Date.now() });
    return { result, usage: meter.stop() };
  } catch (error) {
    meter.stop();
    throw error;
  }
}

/** The figures that every workload of many like operations has. */
export function operationFigures(load: LoadResult, usage: Usage): Sample["figures"] {
  const figures: Partial<Record<FigureName, number>> = {
    operationsPerSecond: load.operations / load.seconds,
    loadCpuPercent: (100 * usage.loadCpuSeconds) / usage.seconds,
  };
  if (usage.cpuSeconds !== undefined && load.operations > 0) {
    figures.cpuMicrosPerOperation = (usage.cpuSeconds * 1e6) / load.operations;
    figures.serverCpuPercent = (100 * usage.cpuSeconds) / usage.seconds;
  }
  if (usage.othersSeconds !== undefined) figures.othersPercent = (100 * usage.othersSeconds) / usage.seconds;
  return { ...figures, ...latencyFigures(load.latency), ...memoryFigures(usage) };
}

/** Percentiles as figures, milliseconds. */
export function latencyFigures(latency: LoadResult["latency"]): Sample["figures"] {
  if (latency === undefined) return {};
  return { p50: latency.p50, p99: latency.p99, p999: latency.p999 };
}

/** Peak memory as figures, bytes. */
export function memoryFigures({ peak }: Usage): Sample["figures"] {
  return peak === undefined ? {} : { residentPeak: peak.resident, anonymousPeak: peak.anonymous };
}
