import { Random } from "@perennial/testing";
import { DurableStream, IdempotentProducer, type LiveMode, type StreamOptions } from "../../src/index.ts";
import { type FaultWeights, FaultyProxy } from "./proxy.ts";
import type { RestartableServer } from "./restartable.ts";

/** One run: so many producers write through the faults, so many readers read through them. */
export interface TortureOptions {
  readonly seed: number;
  readonly producers: number;
  readonly readers: number;
  readonly messages: number;
  readonly restarts: number;
  readonly buffersEventStreams?: boolean;
}

interface Message {
  readonly producer: number;
  readonly n: number;
}

const FAULTS: FaultWeights = {
  none: 5,
  refuse: 1,
  reset: 3,
  truncate: 2,
  delay: 2,
  silence: 0.15,
  stall: 0.15,
};
const CALM: FaultWeights = { none: 1, refuse: 0, reset: 0, truncate: 0, delay: 0, silence: 0, stall: 0 };
const LIVE_MODES: readonly LiveMode[] = ["sse", "long-poll"];

/**
 * What an answer may take, in ms. A machine on which all of this waits for its turn for longer makes no headway any more: what
 * is given up although it was carried out is sent again, and makes it busier. So it is long, and silence, which costs as
 * much, rare.
 */
const PATIENCE_MS = 6_000;

const backoffOptions = {
  initialDelay: 2,
  maxDelay: 40,
  multiplier: 1.5,
  deadline: 300_000,
  attemptTimeout: PATIENCE_MS,
};
const readOptions: Omit<StreamOptions, "url"> = {
  backoffOptions,
  silenceTimeout: PATIENCE_MS,
  sseResilience: {
    minConnectionDuration: 5,
    maxShortConnections: 5,
    backoffBaseDelay: 2,
    backoffMaxDelay: 20,
    logWarnings: false,
  },
};

/**
 * Runs one seed against a server.
 *
 * @returns what each reader saw, and how often each fault happened
 * @throws whatever a producer or a reader failed with
 */
export async function torture(
  server: RestartableServer,
  options: TortureOptions,
): Promise<{ readonly seen: readonly Message[][]; readonly faults: Readonly<Record<string, number>> }> {
  const random = new Random(options.seed);
  const proxy = new FaultyProxy(random, () => server.port, CALM);
  const url = `${await proxy.start()}/v1/stream/torture-${options.seed}`;
  try {
    const handle = await DurableStream.create({ url, contentType: "application/json", backoffOptions });
    proxy.weights = FAULTS;
    proxy.buffersEventStreams = options.buffersEventStreams ?? false;
    const readers = Array.from({ length: options.readers }, (_, reader) =>
      read(url, LIVE_MODES[reader % 2] ?? true, reader % 5 === 0 ? fetchWithoutStreams : fetch),
    );
    const writers = Array.from({ length: options.producers }, (_, producer) =>
      write(url, producer, options.messages),
    );
    const restarting = restart(server, options.restarts);
    const closing = Promise.all([...writers, restarting]).then(() => handle.close());
    const [seen] = await Promise.all([Promise.all(readers), closing]);
    return { seen, faults: proxy.counts };
  } finally {
    await proxy.stop();
  }
}

async function restart(server: RestartableServer, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await server.restart();
}

async function write(url: string, producer: number, messages: number): Promise<void> {
  // Every other producer is started again after each flush, under its old id.
  const restarts = producer % 2 === 1;
  const start = () => {
    const handle = new DurableStream({ url, contentType: "application/json", backoffOptions });
    const options = { lingerMs: 1, maxBatchBytes: 120, autoClaim: restarts };
    return new IdempotentProducer(handle, `producer-${producer}`, options);
  };
  let writer = start();
  for (let n = 0; n < messages; n++) {
    writer.append({ producer, n } satisfies Message);
    if (n % 5 !== 4) continue;
    await writer.flush({ rejectOnError: true });
    if (restarts) writer = start();
  }
  await writer.flush({ rejectOnError: true });
}

/** A `fetch` whose responses have no `body`, as React Native's. */
const fetchWithoutStreams: typeof fetch = async (input, init) =>
  Object.defineProperty(await fetch(input, init), "body", { value: undefined });

async function read(url: string, live: LiveMode, fetchIt: typeof fetch): Promise<Message[]> {
  const handle = new DurableStream({ url, fetch: fetchIt });
  const response = await handle.stream<Message>({ ...readOptions, live });
  const seen: Message[] = [];
  response.subscribeJson<Message>((batch) => {
    seen.push(...batch.items);
  });
  await response.closed;
  return seen;
}

/** What is wrong with what a reader saw: a message lost, doubled or out of order. Empty when nothing is. */
export function faultsOf(seen: readonly Message[], options: TortureOptions): string[] {
  const next = new Map<number, number>();
  const wrong: string[] = [];
  for (const { producer, n } of seen) {
    const expected = next.get(producer) ?? 0;
    if (n !== expected) wrong.push(`producer ${producer}: expected ${expected}, got ${n}`);
    next.set(producer, n + 1);
  }
  for (let producer = 0; producer < options.producers; producer++) {
    const count = next.get(producer) ?? 0;
    if (count !== options.messages)
      wrong.push(`producer ${producer}: ended at ${count} of ${options.messages}`);
  }
  return wrong;
}
