import { addErrors } from "../load/result.ts";
import { createStreams } from "../load/streams.ts";
import type { LiveMode } from "../load/subscribers.ts";
import { Tail } from "../load/tail.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Variant, Workload } from "./workload.ts";

const WARM_UP_SECONDS = 1;
/** Where few read, the warm-up is faster than the plan, up to so many events and deliveries in its second. */
const WARM_UP_EVENTS = 3_000;
const WARM_UP_DELIVERIES = 10_000;
const FIGURES: Workload["figures"] = [
  ...(["cpuMicrosPerOperation", "p50", "p99", "p999", "operationsPerSecond", "serverCpuPercent"] as const),
  ...(["anonymousPeak", "loadCpuPercent"] as const),
];

/** One stream with 50 events a second, and more and more subscribers. */
export const fanOutWorkload: Workload = {
  name: "sse-fanout",
  description:
    "events of 256 bytes, 50 a second on one stream, to SSE subscribers; an operation is one delivery",
  figures: FIGURES,
  chart: "cpuMicrosPerOperation",
  variants: (subscribers = [1, 10, 100, 1_000]) =>
    subscribers.map((count) => ({
      label: `${count.toLocaleString("en")} subscriber${count === 1 ? "" : "s"}`,
      run: (context) => run(context, { mode: "sse", streams: 1, subscribers: count, eventsPerSecond: 50 }),
    })),
};

/** Many readers at the tails of several streams with a few events a second each. */
export function tailWorkload(mode: LiveMode): Workload {
  return {
    name: `${mode}-tail`,
    description: `events of 256 bytes, 5 a second on each stream, to ${mode} readers; an operation is one delivery`,
    figures: FIGURES,
    chart: "p99",
    variants: (connections = [64, 256, 1_024, 2_048]) =>
      [10, 100].flatMap((streams) => connections.map((count) => tailVariant(mode, streams, count))),
  };
}

function tailVariant(mode: LiveMode, streams: number, subscribers: number): Variant {
  return {
    label: `${subscribers.toLocaleString("en")} connections, ${streams} streams`,
    run: (context) => run(context, { mode, streams, subscribers, eventsPerSecond: 5 }),
  };
}

interface Settings {
  readonly mode: LiveMode;
  readonly streams: number;
  readonly subscribers: number;
  readonly eventsPerSecond: number;
}

async function run(context: RoundContext, settings: Settings): Promise<Sample> {
  const { address, streamRoot } = context.server;
  const root = `${streamRoot}live-`;
  const created = await createStreams(address, root, settings.streams, "text/plain");
  const tail = await Tail.open({ address, root, ...settings });
  try {
    await tail.publish(WARM_UP_SECONDS, warmUpRate(settings));
    const { result, usage } = await measure(context, () => tail.publish(context.seconds));
    return { figures: operationFigures(result, usage), errors: addErrors(created, result.errors) };
  } finally {
    tail.close();
  }
}

/**
 * Events per second on each stream while warming up. A server that runs for more than a minute has compiled its code,
 * which fifty events do not bring about.
 */
function warmUpRate({ streams, subscribers, eventsPerSecond }: Settings): number {
  const deliveriesOfOne = Math.max(1, subscribers / streams);
  const eventsOfAll = Math.min(WARM_UP_EVENTS, WARM_UP_DELIVERIES / deliveriesOfOne);
  return Math.max(eventsPerSecond, eventsOfAll / streams);
}
