import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exchangeOk } from "../load/exchange.ts";
import { runPlain } from "../load/plain.ts";
import { filler } from "../load/requests.ts";
import { addErrors, type Errors } from "../load/result.ts";
import { createStreams, sendOnce } from "../load/streams.ts";
import type { Server } from "../peers/server.ts";
import { runAppends } from "./append.ts";
import { measure, operationFigures } from "./measure.ts";
import { head, untilServed } from "./restart.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const STREAMS = 1000;
const BODY_BYTES = 256;
const WORKER_CONNECTIONS = 16;

/** Plain appends beside subscriptions that watch other streams, and beside none: they must cost the same. */
export function appendBesideSubscriptionsWorkload(subscriptions: number): Workload {
  return {
    name: `append-beside-subscriptions-${subscriptions}`,
    description: `appends of ${BODY_BYTES} bytes to ${STREAMS.toLocaleString("en")} streams that nobody watches, beside subscriptions to others`,
    figures: [
      "operationsPerSecond",
      "cpuMicrosPerOperation",
      "p50",
      "p99",
      "anonymousPeak",
      "loadCpuPercent",
    ],
    chart: "cpuMicrosPerOperation",
    variants: ([connections = 64] = []) =>
      [0, subscriptions].map((count) => ({
        label: labelOf(count),
        run: async (context) => {
          const subscribed = await subscribe(context.server, count);
          const root = `${context.server.streamRoot}append-`;
          const headers = { "Content-Type": "application/octet-stream" };
          const series = { method: "POST", root, count: STREAMS, headers, body: filler(BODY_BYTES) };
          const { figures, errors } = await runAppends(context, connections, series);
          return { figures, errors: addErrors(subscribed, errors) };
        },
      })),
  };
}

/** Wakes that are delivered to a webhook in the load's process, which says that it is done. */
export const webhooksWorkload: Workload = {
  name: "webhooks",
  description: `deliveries to a webhook that answers done, of one subscription to each of ${STREAMS.toLocaleString("en")} streams that are appended to over ${WORKER_CONNECTIONS} connections`,
  figures: ["operationsPerSecond", "cpuMicrosPerOperation", "anonymousPeak", "loadCpuPercent"],
  chart: "operationsPerSecond",
  variants: ([connections = WORKER_CONNECTIONS] = []) => [
    {
      label: `${connections} connections`,
      environment: { PERENNIAL_WEBHOOK_HOSTS: "localhost" },
      run: (context) => runWebhooks(context, connections),
    },
  ],
};

async function runWebhooks(context: RoundContext, connections: number): Promise<Sample> {
  const { address, streamRoot } = context.server;
  const receiver = await openReceiver();
  try {
    const root = `${streamRoot}hooked-`;
    const created = await createStreams(address, root, STREAMS, JSON_TYPE["Content-Type"]);
    for (let stream = 0; stream < STREAMS; stream++)
      await exchangeOk(address, {
        ...{ method: "PUT", path: `${streamRoot}__ds/subscriptions/hooked-${stream}`, headers: JSON_TYPE },
        body: JSON.stringify({
          ...{ type: "webhook", streams: [`hooked-${stream}`], webhook: { url: receiver.url } },
        }),
      });
    const series = { method: "POST", root, count: STREAMS, headers: JSON_TYPE, body: '{"news":1}' };
    const load = { address, connections, series, generator: context.generator, threads: context.loadThreads };
    await runPlain({ ...load, seconds: Math.min(1, context.seconds) });
    const before = receiver.deliveries();
    const { result, usage } = await measure(context, () => runPlain({ ...load, seconds: context.seconds }));
    const operations = receiver.deliveries() - before;
    const { errors, seconds } = result;
    const figures = operationFigures({ operations, seconds, errors, latency: undefined }, usage);
    return { figures, errors: addErrors(created, errors) };
  } finally {
    receiver.close();
  }
}

/** A crash with many subscriptions, and how long until streams are served again; and with none. */
export function restartWithSubscriptionsWorkload(subscriptions: number): Workload {
  return {
    name: `restart-subscriptions-${subscriptions}`,
    description: `SIGKILL with ${STREAMS.toLocaleString("en")} streams and subscriptions: from the start of the process to the first right answer`,
    figures: ["secondsToAnswer"],
    chart: "secondsToAnswer",
    needsDurability: true,
    variants: () =>
      [0, subscriptions].map((count) => ({
        label: labelOf(count),
        run: (context) => runRestart(context, count),
      })),
  };
}

async function runRestart({ server }: RoundContext, count: number): Promise<Sample> {
  const root = `${server.streamRoot}restart-`;
  const created = await createStreams(server.address, root, STREAMS, JSON_TYPE["Content-Type"]);
  const subscribed = await subscribe(server, count);
  const before = await head(server, `${root}${STREAMS - 1}`);
  await server.kill();
  const startedAt = performance.now();
  await server.restart();
  await untilServed(server, `${root}${STREAMS - 1}`, before);
  const secondsToAnswer = (performance.now() - startedAt) / 1000;
  if (count > 0) await exchangeOk(server.address, { method: "GET", path: subscriptionAt(server, count - 1) });
  return { figures: { secondsToAnswer }, errors: addErrors(created, subscribed) };
}

function labelOf(subscriptions: number): string {
  return subscriptions === 0 ? "no subscriptions" : `${subscriptions.toLocaleString("en")} subscriptions`;
}

function subscriptionAt({ streamRoot }: Server, number: number): string {
  return `${streamRoot}__ds/subscriptions/idle-${number}`;
}

/** Makes subscriptions to streams that are not appended to. */
function subscribe(server: Server, count: number): Promise<Errors> {
  if (count === 0) return Promise.resolve({});
  const body = JSON.stringify({ type: "pull-wake", streams: ["idle/stream"], wake_stream: "idle/wakes" });
  const root = `${server.streamRoot}__ds/subscriptions/idle-`;
  return sendOnce(server.address, { method: "PUT", root, count, headers: JSON_TYPE, body });
}

interface Receiver {
  readonly url: string;
  deliveries(): number;
  close(): void;
}

async function openReceiver(): Promise<Receiver> {
  let answered = 0;
  const receiver = createServer((request, response) => {
    request.resume().once("end", () => {
      answered += 1;
      response.end('{"done":true}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    deliveries: () => answered,
    close: () => {
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}
