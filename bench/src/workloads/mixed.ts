import { runClosedLoop } from "../load/closed-loop.ts";
import { buildRequests, filler } from "../load/requests.ts";
import { addErrors } from "../load/result.ts";
import { createStreams, sendOnce } from "../load/streams.ts";
import { Tail } from "../load/tail.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const STREAMS = 1_000;
const SUBSCRIBERS = 100;
const CONNECTIONS = [64];
const CONTENT_TYPE = "text/plain";

/** Writers, readers and subscribers at once. */
export const mixedWorkload: Workload = {
  name: "mixed",
  description:
    "of ten requests seven append 256 bytes, two read 1 kB and one asks for the tail, over 1,000 streams, beside 100 SSE subscribers with 50 events a second; an operation is a request",
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
  const [written, read, live] = ["mixed-written-", "mixed-read-", "mixed-live-"].map(
    (name) => streamRoot + name,
  ) as [string, string, string];
  const headers = { "Content-Type": CONTENT_TYPE };
  const prepared = [
    await createStreams(address, written, STREAMS, CONTENT_TYPE),
    await createStreams(address, read, STREAMS, CONTENT_TYPE),
    await createStreams(address, live, 1, CONTENT_TYPE),
    await sendOnce(address, { method: "POST", root: read, count: STREAMS, headers, body: filler(1024) }),
  ];
  const streams = { count: STREAMS };
  const appends = buildRequests(
    { ...streams, method: "POST", root: written, headers, body: filler(256) },
    address,
  );
  const reads = buildRequests(
    { ...streams, method: "GET", root: read, query: "?offset=-1", headers: {} },
    address,
  );
  const tails = buildRequests(
    { ...streams, method: "GET", root: written, query: "?offset=now", headers: {} },
    address,
  );
  const kinds = [appends, appends, reads, appends, appends, tails, appends, reads, appends, appends];
  let sent = 0;
  const next = () => kinds[sent % kinds.length]![sent++ % STREAMS]!;
  const tail = await Tail.open({
    address,
    root: live,
    streams: 1,
    subscribers: SUBSCRIBERS,
    mode: "sse",
    eventsPerSecond: 50,
  });
  const load = async (seconds: number) => {
    const [requests, events] = await Promise.all([
      runClosedLoop({ address, connections, seconds, next }),
      tail.publish(seconds),
    ]);
    return { ...requests, errors: addErrors(requests.errors, events.errors) };
  };
  try {
    await load(Math.min(1, context.seconds));
    const { result, usage } = await measure(context, () => load(context.seconds));
    return { figures: operationFigures(result, usage), errors: addErrors(...prepared, result.errors) };
  } finally {
    tail.close();
  }
}
