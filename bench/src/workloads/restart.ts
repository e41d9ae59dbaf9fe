import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { runClosedLoop } from "../load/closed-loop.ts";
import { type Answer, exchange } from "../load/exchange.ts";
import { buildRequests, filler } from "../load/requests.ts";
import { addErrors, type Errors } from "../load/result.ts";
import { createStreams } from "../load/streams.ts";
import { readMemory } from "../measure/process-tree.ts";
import type { Server } from "../peers/server.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const CONNECTIONS = 64;
const POLL_MILLISECONDS = 5;
const ANSWER_TIMEOUT_MILLISECONDS = 180_000;
const SAMPLES = 200;
const CONTENT_TYPE = "application/octet-stream";
const RECORD_BYTES = 100;

/** A crash with many streams, and how long until they are served again. */
export function restartWorkload(name: string, streams: number, records: number): Workload {
  return {
    name,
    description: `SIGKILL with ${records.toLocaleString("en")} records of ${RECORD_BYTES} bytes over ${streams.toLocaleString("en")} streams: from the start of the process to the first right answer`,
    figures: ["secondsToAnswer", "openFiles", "anonymousSettled"],
    chart: "secondsToAnswer",
    needsDurability: true,
    variants: () => [
      { label: `${streams.toLocaleString("en")} streams`, run: (context) => run(context, streams, records) },
    ],
  };
}

async function run(context: RoundContext, streams: number, records: number): Promise<Sample> {
  const { server } = context;
  const root = `${server.streamRoot}restart-`;
  const created = await createStreams(server.address, root, streams, CONTENT_TYPE);
  const appended = await appendRecords(context, root, streams, records);
  const openFiles =
    server.pid === undefined ? {} : { openFiles: readdirSync(`/proc/${server.pid}/fd`).length };
  const before = await head(server, `${root}${streams - 1}`);
  await server.kill();
  const startedAt = performance.now();
  await server.restart();
  await untilServed(server, `${root}${streams - 1}`, before);
  const secondsToAnswer = (performance.now() - startedAt) / 1000;
  const lost = await countLost(server, root, streams, before);
  const memory = server.pid === undefined ? {} : { anonymousSettled: readMemory(server.pid).anonymous };
  return {
    figures: { secondsToAnswer, ...openFiles, ...memory },
    errors: addErrors(created, appended, lost),
  };
}

/** Appends to the streams in turn, as fast as the server takes it. */
async function appendRecords(
  context: RoundContext,
  root: string,
  streams: number,
  records: number,
): Promise<Errors> {
  const { address } = context.server;
  const headers = { "Content-Type": CONTENT_TYPE };
  const series = { method: "POST", root, count: streams, headers, body: filler(RECORD_BYTES) };
  const requests = buildRequests(series, address);
  let sent = 0;
  const next = () => (sent < records ? requests[sent++ % streams] : undefined);
  const { errors } = await runClosedLoop({ address, connections: CONNECTIONS, next });
  return errors;
}

export function head(server: Server, path: string): Promise<Answer> {
  return exchange(server.address, { method: "HEAD", path });
}

function sameTail(answer: Answer | undefined, before: Answer): boolean {
  const name = "stream-next-offset";
  return answer?.status === before.status && answer.headers[name] === before.headers[name];
}

/** Waits until the stream is there again as it was. */
export async function untilServed(server: Server, path: string, before: Answer): Promise<void> {
  const deadline = performance.now() + ANSWER_TIMEOUT_MILLISECONDS;
  while (performance.now() < deadline) {
    if (sameTail(await head(server, path).catch(() => undefined), before)) return;
    await delay(POLL_MILLISECONDS);
  }
  throw new Error(`not back ${ANSWER_TIMEOUT_MILLISECONDS / 1000} s after the crash`);
}

/** Looks at some streams, evenly spread: all hold the same number of records. */
export async function countLost(
  server: Server,
  root: string,
  streams: number,
  expected: Answer,
): Promise<Errors> {
  let lost = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const stream = Math.floor((sample * streams) / SAMPLES);
    const answer = await head(server, `${root}${stream}`).catch(() => undefined);
    if (!sameTail(answer, expected)) lost++;
  }
  return { "lost streams": lost };
}
