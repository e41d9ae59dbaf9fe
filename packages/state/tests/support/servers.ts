import { DurableStreamTestServer } from "@durable-streams/server";
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";

/** A server under test. Long-polls run out after half a second, so that tests of it are short. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server on a given port, or any. */
type Start = (port?: number) => Promise<TestServer>;

const perennial =
  (stateOffsets: boolean): Start =>
  async (port = 0) => {
    const server = createServer({ port, stateOffsets, longPollTimeoutMs: 500, drainMs: 0 });
    await server.start();
    return { url: server.url, stop: () => server.stop() };
  };

/** How to start each server that state streams must work with. */
export const servers: Readonly<Record<string, Start>> = {
  "@perennial/server": perennial(true),
  "@perennial/server without stateOffsets": perennial(false),
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
