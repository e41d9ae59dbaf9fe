import { DurableStreamTestServer } from "@durable-streams/server";
import { createServer } from "@perennial/server";

/** A server that generations are written to. */
export interface StreamServer {
  readonly origin: string;
  /** Undefined: over real sockets. */
  readonly fetch: typeof globalThis.fetch | undefined;
  stop(): Promise<void>;
}

/** How to start each server that generations must work on, and ours without a socket. */
export const SERVERS: Readonly<Record<string, () => Promise<StreamServer>>> = {
  "our server in memory": async () => {
    const server = createServer({ longPollTimeoutMs: 500, drainMs: 0 });
    return {
      origin: "http://streams.test",
      fetch: async (input, init) => server.fetch(new Request(input, init)),
      stop: () => server.stop(),
    };
  },
  "our server over sockets": async () => {
    const server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
    await server.start();
    return { origin: server.url, fetch: undefined, stop: () => server.stop() };
  },
  "the reference server": async () => {
    const server = new DurableStreamTestServer({ port: 0, longPollTimeout: 500 });
    const origin = await server.start();
    return { origin, fetch: undefined, stop: () => server.stop() };
  },
};
