import { addErrors } from "../load/result.ts";
import { createStreams, sendOnce } from "../load/streams.ts";
import { Tail } from "../load/tail.ts";
import { settledMemory } from "../measure/settle.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const STREAMS = 100;
const WARM_UP_CONNECTIONS = 500;
const CONNECTIONS = [10_000];

/** What a connection costs that waits for events which do not come. */
export const idleWorkload: Workload = {
  name: "idle-sse",
  description: "memory of SSE connections that wait, over 100 streams: growth of RssAnon once it has settled",
  figures: ["bytesPerConnection", "anonymousSettled", "anonymousGrowth"],
  chart: "bytesPerConnection",
  variants: (connections = CONNECTIONS) =>
    connections.map((count) => ({
      label: `${count.toLocaleString("en")} connections`,
      run: (context) => run(context, count),
    })),
};

async function run(context: RoundContext, connections: number): Promise<Sample> {
  const { pid, address, streamRoot } = context.server;
  if (pid === undefined) throw new Error("the memory of a server given by --url is unknown");
  const root = `${streamRoot}idle-`;
  const created = await createStreams(address, root, STREAMS, "text/plain");
  const body = { headers: { "Content-Type": "text/plain" }, body: "hello" };
  const filled = await sendOnce(address, { method: "POST", root, count: STREAMS, ...body });
  const plan = { address, root, streams: STREAMS, mode: "sse" as const, eventsPerSecond: 1 };
  (await Tail.open({ ...plan, subscribers: WARM_UP_CONNECTIONS })).close();
  const before = await settledMemory(pid);
  const tail = await Tail.open({ ...plan, subscribers: connections });
  const after = await settledMemory(pid);
  const errors = addErrors(created, filled, tail.errors);
  tail.close();
  return {
    figures: {
      bytesPerConnection: (after - before) / connections,
      anonymousGrowth: after - before,
      anonymousSettled: after,
    },
    errors,
  };
}
