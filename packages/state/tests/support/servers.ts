import { DurableStreamTestServer } from "@durable-streams/server";
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";

/** A server under test. Long-polls run out after half a second, so that tests of it are short. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** How to start each server that state streams must work with, on a given port or any. */
export const servers: Readonly<Record<string, (port?: number) => Promise<TestServer>>> = {
  "@perennial/server": async (port = 0) => {
    const server = createServer({ port, longPollTimeoutMs: 500, drainMs: 0 });
    await server.start();
    return { url: server.url, stop: () => server.stop() };
  },
  "@durable-streams/server": async (port = 0) => {
    const server = new DurableStreamTestServer({ port, longPollTimeout: 500 });
    const url = await server.start();
    return { url, stop: () => server.stop() };
  },
};

let streams = 0;

/** A new, empty JSON stream. */
export function createStream(server: TestServer): Promise<DurableStream> {
  return DurableStream.create({
    url: `${server.url}/v1/stream/state-${++streams}`,
    contentType: "application/json",
    warnOnHttp: false,
  });
}
