import { readdirSync } from "node:fs";
import { runClosedLoop } from "../load/closed-loop.ts";
import { buildRequest } from "../load/requests.ts";
import { addErrors } from "../load/result.ts";
import { settledMemory } from "../measure/settle.ts";
import { measure, operationFigures } from "./measure.ts";
import { countLost, head, untilServed } from "./restart.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const CONNECTIONS = 64;

/** What it takes to have many streams: to create them, and to start over them and be idle. */
export function manyStreamsWorkload(name: string, streams: number): Workload {
  return {
    name,
    description: `${streams.toLocaleString("en")} streams created (rate, and memory at its peak, are of that), then a restart: time to the first right answer, open files, memory once idle`,
    figures: [
      ...(["anonymousSettled", "openFiles", "secondsToAnswer", "operationsPerSecond"] as const),
      ...(["cpuMicrosPerOperation", "anonymousPeak"] as const),
    ],
    chart: "anonymousSettled",
    needsDurability: true,
    variants: () => [
      { label: `${streams.toLocaleString("en")} streams`, run: (context) => run(context, streams) },
    ],
  };
}

async function run(context: RoundContext, streams: number): Promise<Sample> {
  const { server } = context;
  const { address } = server;
  const root = `${server.streamRoot}many-`;
  const headers = { "Content-Type": "application/octet-stream" };
  let sent = 0;
  const next = () =>
    sent < streams ? buildRequest({ method: "PUT", path: `${root}${sent++}`, headers }, address) : undefined;
  const { result, usage } = await measure(context, () =>
    runClosedLoop({ address, connections: CONNECTIONS, next }),
  );
  const last = `${root}${streams - 1}`;
  const before = await head(server, last);
  await server.stop();
  const startedAt = performance.now();
  await server.restart();
  await untilServed(server, last, before);
  const secondsToAnswer = (performance.now() - startedAt) / 1000;
  const lost = await countLost(server, root, streams, before);
  return {
    figures: { ...operationFigures(result, usage), secondsToAnswer, ...(await idleFigures(server.pid)) },
    errors: addErrors(result.errors, lost),
  };
}

async function idleFigures(pid: number | undefined): Promise<Sample["figures"]> {
  if (pid === undefined) return {};
  return { anonymousSettled: await settledMemory(pid), openFiles: readdirSync(`/proc/${pid}/fd`).length };
}
