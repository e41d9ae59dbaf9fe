import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import type { Random } from "@perennial/testing";

/**
 * What a proxy does to one connection.
 *
 * - `none`: passes everything on
 * - `refuse`: resets it at once
 * - `reset`: resets it after so many bytes of the answer, or of the request
 * - `truncate`: ends it politely after so many bytes of the answer, whatever was promised
 * - `delay`: passes every piece on late
 * - `silence`: passes the request on, and never a byte of an answer
 * - `stall`: passes so many bytes of the answer on, and then nothing, for ever
 */
export type Fault = "none" | "refuse" | "reset" | "truncate" | "delay" | "silence" | "stall";

/** Weights of the faults; those that are left out do not happen. */
export type FaultWeights = Readonly<Record<Fault, number>>;

const ANSWER_BYTES_MAX = 3000;
const DELAY_MS_MAX = 20;
const EVENT_STREAM = "text/event-stream";

/** A TCP proxy that mistreats its connections at random, and can be told to hold back event streams. */
export class FaultyProxy {
  readonly #random: Random;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upstreamPort: () => number;
  /** In force for new connections. */
  weights: FaultWeights;
  /** Holds back event streams until they end, as a middlebox that buffers does. */
  buffersEventStreams = false;
  readonly counts: Record<string, number> = {};

  constructor(random: Random, upstreamPort: () => number, weights: FaultWeights) {
    this.#random = random;
    this.#upstreamPort = upstreamPort;
    this.weights = weights;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens, and returns the origin under which the server is reached through the proxy. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    const fault = this.#random.weighted(this.weights);
    this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    this.#track(client);
    if (fault === "refuse") {
      client.resetAndDestroy();
      return;
    }
    const upstream = this.#track(new Socket());
    upstream.connect(this.#upstreamPort(), "127.0.0.1");
    const limit = this.#random.integer(1, ANSWER_BYTES_MAX);
    const cutsRequest = fault === "reset" && this.#random.next() < 0.3;
    const reset = () => {
      client.resetAndDestroy();
      upstream.destroy();
    };
    forward(client, upstream, cutsRequest ? limit : Number.POSITIVE_INFINITY, reset, () => 0);
    const ends: Partial<Record<Fault, () => void>> = {
      truncate: () => this.#end(client, upstream),
      silence: () => {},
      stall: () => {},
    };
    const end = ends[fault] ?? reset;
    const cutsAnswer = fault in ends || (fault === "reset" && !cutsRequest);
    const answerLimit = fault === "silence" ? 0 : limit;
    const delay = fault === "delay" ? () => this.#random.next() * DELAY_MS_MAX : () => 0;
    if (this.buffersEventStreams) holdEventStreams(upstream, client);
    else forward(upstream, client, cutsAnswer ? answerLimit : Number.POSITIVE_INFINITY, end, delay);
  }

  #end(client: Socket, upstream: Socket): void {
    client.end();
    upstream.destroy();
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
    return socket;
  }
}

/** Passes data on; after `limit` bytes calls `cut`. The end of one side is the end of the other. */
function forward(from: Socket, to: Socket, limit: number, cut: () => void, delay: () => number): void {
  let passed = 0;
  let queue = Promise.resolve();
  from.on("data", (piece: Buffer) => {
    const rest = limit - passed;
    passed += piece.length;
    const pass = () => {
      if (to.writable) to.write(piece.length > rest ? piece.subarray(0, Math.max(0, rest)) : piece);
      if (passed >= limit) cut();
    };
    const ms = delay();
    if (ms === 0) pass();
    else {
      queue = queue.then(() => new Promise((resolve) => setTimeout(resolve, ms))).then(pass);
    }
  });
  from.on("end", () => void queue.then(() => to.end()));
  from.on("close", () => void queue.then(() => to.destroySoon()));
}

/** Passes answers on, except event streams, of which nothing passes until they end. */
function holdEventStreams(from: Socket, to: Socket): void {
  const held: Buffer[] = [];
  from.on("data", (piece: Buffer) => {
    if (held.length > 0 || piece.includes(EVENT_STREAM)) held.push(piece);
    else if (to.writable) to.write(piece);
  });
  const release = () => {
    if (to.writable) to.end(Buffer.concat(held));
    held.length = 0;
  };
  from.on("end", release);
  from.on("close", release);
}
