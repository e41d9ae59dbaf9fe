import { type ClosedLoop, runClosedLoop } from "../load/closed-loop.ts";
import type { Address } from "../load/exchange.ts";
import { filler, requestParts } from "../load/requests.ts";
import { addErrors } from "../load/result.ts";
import { createStreams } from "../load/streams.ts";
import { WARM_UP_SECONDS } from "./append.ts";
import { measure, operationFigures } from "./measure.ts";
import type { RoundContext, Sample, Workload } from "./workload.ts";

const STREAMS = 1_000;
const BODY_BYTES = 256;
const CONNECTIONS = [64, 256];

/** Appends of idempotent producers: one producer per stream, each stream on one connection, so sequences hold. */
export const producerWorkload: Workload = {
  name: "producer-append",
  description: "appends of 256 bytes by idempotent producers, one on each of 1,000 streams",
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
  const root = `${streamRoot}producer-`;
  const created = await createStreams(address, root, STREAMS, "application/octet-stream");
  const producers = new Producers(address, root, connections);
  const load = (seconds: number): ClosedLoop => ({
    ...{ address, connections, seconds },
    next: (connection) => producers.next(connection),
  });
  const warmUp = await runClosedLoop(load(Math.min(WARM_UP_SECONDS, context.seconds)));
  const { result, usage } = await measure(context, () => runClosedLoop(load(context.seconds)));
  return {
    figures: operationFigures(result, usage),
    errors: addErrors(created, warmUp.errors, result.errors),
  };
}

/** The next request of each connection: its streams in turn, each with its producer's next sequence number. */
class Producers {
  readonly #connections: number;
  readonly #sequences = new Uint32Array(STREAMS);
  readonly #current: number[];
  readonly #before: string[];
  readonly #after: string;

  constructor(address: Address, root: string, connections: number) {
    this.#connections = connections;
    this.#current = Array.from({ length: connections }, (_, connection) => connection);
    const series = {
      method: "POST",
      root,
      count: STREAMS,
      headers: { "Content-Type": "application/octet-stream" },
    };
    const { before, after } = requestParts({ ...series, body: filler(BODY_BYTES) }, address);
    const [requestLine, rest] = [after.slice(0, after.indexOf("\r\n")), after.slice(after.indexOf("\r\n"))];
    this.#before = Array.from({ length: STREAMS }, (_, stream) => {
      return `${before}${stream}${requestLine}\r\nProducer-Id: producer-${stream}\r\nProducer-Epoch: 0\r\nProducer-Seq: `;
    });
    this.#after = rest;
  }

  next(connection: number): Buffer {
    const stream = this.#current[connection]!;
    const following = stream + this.#connections;
    this.#current[connection] = following < STREAMS ? following : connection;
    const sequence = this.#sequences[stream]!;
    this.#sequences[stream] = sequence + 1;
    return Buffer.from(`${this.#before[stream]}${sequence}${this.#after}`, "latin1");
  }
}
