import { runOpenLoop } from "../../load/open-loop.ts";
import { buildRequest, buildRequests, filler } from "../../load/requests.ts";
import { addErrors } from "../../load/result.ts";
import { createStreams } from "../../load/streams.ts";
import { measure, operationFigures } from "../measure.ts";
import type { RoundContext, Sample, Workload } from "../workload.ts";
import { type Attack, type AttackSizes, attacksOf, FULL_SIZES } from "./attacks.ts";

const STREAMS = 64;
const CONNECTIONS = 64;
const PER_SECOND = 500;
/** Of so many requests one asks for the server's health. */
const HEALTH_EACH = 10;
const CONTENT_TYPE = "application/octet-stream";

/** Ordinary clients beside one that means ill: nobody may feel what a single request can ask for. */
export const abuseWorkload = abuseOf(FULL_SIZES);

/** The same with attacks of other sizes. */
export function abuseOf(sizes: AttackSizes): Workload {
  return {
    name: "abuse",
    description: `appends of 256 bytes to ${STREAMS} streams and requests for /health, ${PER_SECOND} a second over ${CONNECTIONS} connections, while something else goes on; latency from when each was due`,
    figures: ["slowest", "p999", "p99", "p50", "residentPeak", "operationsPerSecond"],
    chart: "slowest",
    variants: () =>
      attacksOf(sizes).map((attack) => ({ label: attack.label, run: (context) => run(context, attack) })),
  };
}

async function run(context: RoundContext, attack: Attack): Promise<Sample> {
  const { address, streamRoot } = context.server;
  const root = `${streamRoot}ordinary-`;
  const created = await createStreams(address, root, STREAMS, CONTENT_TYPE);
  const headers = { "Content-Type": CONTENT_TYPE };
  const body = filler(256);
  const appends = buildRequests({ method: "POST", root, count: STREAMS, headers, body }, address);
  const health = buildRequest({ method: "GET", path: "/health", headers: {} }, address);
  const request = (index: number) => (index % HEALTH_EACH === 0 ? health : appends[index % STREAMS]!);
  const ordinary = (seconds: number) =>
    runOpenLoop({ address, connections: CONNECTIONS, perSecond: PER_SECOND, seconds, request });
  const abuse = await attack.prepare(address, `${streamRoot}abuse-`);
  await ordinary(Math.min(1, context.seconds));
  const { result, usage } = await measure(context, async () => {
    const [load] = await Promise.all([ordinary(context.seconds), abuse(context.seconds)]);
    return load;
  });
  const slowest = result.latency === undefined ? {} : { slowest: result.latency.max };
  return {
    figures: { ...operationFigures(result, usage), ...slowest },
    errors: addErrors(created, result.errors),
  };
}
