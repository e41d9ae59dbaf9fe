/**
 * A network that refuses, cuts, truncates and delays, between the proxy and its server and between the proxy and its readers. Whoever
 * reads ends with exactly the bytes that the upstream sent, once; whatever was sent again, the upstream was asked once.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createProxyServer } from "@perennial/proxy";
import { createDurableFetch, MemoryStorage } from "@perennial/proxy/client";
import { createServer as createStreams } from "@perennial/server";
import { Random, Seeds } from "@perennial/testing";
import { expect, it } from "vitest";
import { type FaultWeights, FaultyProxy } from "../../../client/tests/torture/proxy.ts";
import { SECRET } from "../support/world.ts";

const ANSWERS = 3;
const READERS = 3;
const BYTES_MAX = 60_000;
const CALM: FaultWeights = { none: 1, refuse: 0, reset: 0, truncate: 0, delay: 0, silence: 0, stall: 0 };
const FAULTS: FaultWeights = { none: 6, refuse: 1, reset: 2, truncate: 2, delay: 2, silence: 0, stall: 0 };

/** Answers each path with bytes of its own, in pieces, at a pace that the seed says. */
class Source {
  readonly calls = new Map<string, number>();
  readonly #answers: ReadonlyMap<string, Buffer>;
  readonly #random: Random;
  readonly server: Server;

  constructor(random: Random) {
    this.#random = random;
    const bytesOf = () =>
      Buffer.from(Array.from({ length: random.below(BYTES_MAX) }, () => random.below(256)));
    this.#answers = new Map(Array.from({ length: ANSWERS }, (_, at) => [`/${at}`, bytesOf()]));
    this.server = createServer(({ url = "" }, response) => {
      this.calls.set(url, (this.calls.get(url) ?? 0) + 1);
      this.#send(this.#answers.get(url)!, response);
    });
  }

  get paths(): string[] {
    return [...this.#answers.keys()];
  }

  bytes(path: string): Buffer {
    return this.#answers.get(path)!;
  }

  #send(bytes: Buffer, response: NodeJS.WritableStream): void {
    const piece = bytes.subarray(0, 1 + this.#random.below(4_000));
    if (bytes.length === 0) return void response.end();
    response.write(piece);
    setTimeout(() => this.#send(bytes.subarray(piece.length), response), this.#random.below(6));
  }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Plays one seed. @returns what is wrong, and how often each fault happened */
async function play(seed: number): Promise<{ problems: string[]; faults: Record<string, number> }> {
  const random = new Random(seed);
  const source = new Source(random);
  const upstream = `http://localhost:${await listening(source.server)}`;
  const streams = createStreams({ port: 0, drainMs: 20, stopGraceMs: 0, sseHeartbeatMs: 500 });
  await streams.start();
  const below = new FaultyProxy(random, () => Number(new URL(streams.url).port), CALM);
  let port = 0;
  const front = new FaultyProxy(random, () => port, CALM);
  const publicUrl = await front.start();
  const proxy = await createProxyServer({
    ...{ host: "127.0.0.1", port: 0, durableStreamsUrl: await below.start(), publicUrl, jwtSecret: SECRET },
    ...{ allowlist: ["http://localhost:*/**"], flushMs: random.below(10) },
    logger: { info: () => undefined, warn: () => undefined },
  });
  port = Number(new URL(proxy.url).port);
  for (const faulty of [below, front]) faulty.weights = FAULTS;
  try {
    const readings = source.paths.flatMap((path) =>
      Array.from({ length: READERS }, (_, reader) => readOne(random, publicUrl, upstream, path, reader)),
    );
    const read = await Promise.all(readings);
    const problems = read.flatMap(({ path, bytes, outcome }) =>
      Buffer.compare(bytes, source.bytes(path)) === 0 && outcome === "complete"
        ? []
        : [`${path}: ${bytes.length} of ${source.bytes(path).length} bytes, ${outcome}`],
    );
    for (const [path, calls] of source.calls)
      if (calls !== 1) problems.push(`${path} was asked ${calls} times`);
    const faults: Record<string, number> = { ...below.counts };
    for (const [fault, count] of Object.entries(front.counts)) faults[fault] = (faults[fault] ?? 0) + count;
    return { problems, faults };
  } finally {
    await proxy.stop();
    await Promise.all([front.stop(), below.stop(), streams.stop()]);
    source.server.closeAllConnections();
    source.server.close();
  }
}

/** Asks, and reads to the end; now and then leaves in the middle, and comes back as a page does that was reloaded. */
async function readOne(random: Random, origin: string, upstream: string, path: string, reader: number) {
  const storage = new MemoryStorage();
  const durableFetch = createDurableFetch({
    ...{ proxyUrl: `${origin}/v1/proxy`, proxyAuthorization: SECRET, storage },
    // Creating is tried as often as it takes: what is tested is that this costs nothing.
    fetch: (input, init) => (init?.method === "POST" ? stubborn(input, init) : fetch(input, init)),
  });
  const ask = () => durableFetch(`${upstream}${path}`, { method: "GET", requestId: "the same" });
  if (reader > 0 && random.chance(0.5)) {
    const left = (await ask()).body!.getReader();
    await left.read().catch(() => undefined);
    await left.cancel().catch(() => undefined);
  }
  const response = await ask();
  return { path, bytes: Buffer.from(await response.arrayBuffer()), outcome: response.outcome };
}

async function stubborn(input: string | URL | Request, init: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(input, init).catch((error: Error) => error);
    const isDone = response instanceof Response && response.ok;
    if (isDone || attempt === 50) {
      if (response instanceof Error) throw response;
      return response;
    }
    if (response instanceof Response) await response.body?.cancel().catch(() => undefined);
  }
}

const seeds = new Seeds(6);
it(`all bytes arrive, each once, whatever the network does (${seeds})`, {
  timeout: 60_000 * seeds.count,
}, async () => {
  const total: Record<string, number> = {};
  await seeds.play(async (seed) => {
    const { problems, faults } = await play(seed);
    expect(problems).toEqual([]);
    for (const [fault, count] of Object.entries(faults)) total[fault] = (total[fault] ?? 0) + count;
  });
  for (const fault of ["refuse", "reset", "truncate", "delay"])
    expect(total[fault], fault).toBeGreaterThan(0);
});
