import { DurableStreamTestServer } from "@durable-streams/server";
import { createServer } from "@perennial/server";
import { afterAll, beforeAll, describe } from "vitest";

/** A server under test. Long-polls run out after half a second, so that tests of it are short. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** How to start each server that the client must work with. One line per server. */
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

/**
 * Describes the same on each server.
 *
 * @param title - has the server's name for `%s`
 * @param suite - given what makes the address of another stream, which is not there yet
 */
export function describeServers(title: string, suite: (newUrl: () => string) => void): void {
  describe.each(Object.entries(servers))(title, (_, start) => {
    let server: TestServer;
    let count = 0;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop());
    suite(() => `${server.url}/v1/stream/s-${count++}`);
  });
}
