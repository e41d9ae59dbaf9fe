import { runAppends } from "./append.ts";
import type { Workload } from "./workload.ts";

const MESSAGES = 100;
const STREAMS = 1_000;
const CONNECTIONS = [64];

/** JSON arrays of a hundred small messages: what parsing and splitting costs. */
export const jsonBatchWorkload: Workload = {
  name: "json-batch-100",
  description: `JSON batches of ${MESSAGES} messages (${batch().length.toLocaleString("en")} bytes) to 1,000 streams in turn`,
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
    connections.map((count) => ({
      label: `${count} connections`,
      run: (context) =>
        runAppends(context, count, {
          ...{ method: "POST", root: `${context.server.streamRoot}json-`, count: STREAMS, body: batch() },
          headers: { "Content-Type": "application/json" },
        }),
    })),
};

/** Messages as a model streams them: a string with escapes, two numbers, a boolean. */
function batch(): string {
  const message = (index: number) => ({
    id: index,
    text: `"word"\n${index}`,
    score: index / 8,
    done: index % 10 === 0,
  });
  return JSON.stringify(Array.from({ length: MESSAGES }, (_, index) => message(index)));
}
