import { fillStream, runCatchUp } from "../load/catch-up.ts";
import { exchangeOk } from "../load/exchange.ts";
import { readFigures } from "./catch-up.ts";
import { measure } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const MESSAGES_PER_APPEND = 100;
const APPENDS = 100;
const CLIENTS = [1_000];

/** Many clients that come at once and read one stream from its start, as after a deployment. */
export const replayWorkload: Workload = {
  name: "replay-1000",
  description: "clients that connect at once and each read one JSON stream of 10,000 messages from its start",
  figures: [
    ...(["cpuMicrosPerOperation", "operationsPerSecond", "bytesPerCpuSecond", "p50", "p99"] as const),
    ...(["anonymousGrowth", "anonymousPeak", "loadCpuPercent"] as const),
  ],
  chart: "cpuMicrosPerOperation",
  variants: (clients = CLIENTS) =>
    clients.map((count) => ({
      label: `${count.toLocaleString("en")} clients`,
      run: (context) => run(context, count),
    })),
};

async function run(context: RoundContext, clients: number): Promise<Sample> {
  const { address, streamRoot } = context.server;
  const path = `${streamRoot}replay`;
  const message = {
    role: "assistant",
    text: "one part of a longer answer, as a model streams it",
    index: 1234,
  };
  const body = JSON.stringify(Array.from({ length: MESSAGES_PER_APPEND }, () => message));
  await fillStream(address, path, { type: "application/json", body, appends: APPENDS });
  const whole = await exchangeOk(address, { method: "GET", path: `${path}?offset=-1` });
  const plan = { address, path: () => path, expectedBytes: whole.body.length };
  await runCatchUp({ ...plan, readers: 10 });
  const { result, usage } = await measure(context, () => runCatchUp({ ...plan, readers: clients }));
  return { figures: readFigures(result, usage), errors: result.errors };
}
