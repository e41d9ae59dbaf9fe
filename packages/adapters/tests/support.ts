import { createServer } from "@perennial/server";
import { afterAll, beforeAll } from "vitest";

let count = 0;

/** A server for the tests of a file; each call gives a place that nobody has used. */
export function serving(): () => { readonly streamsUrl: string } {
  const server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  return () => ({ streamsUrl: `${server.url}/v1/stream/adapters/${count++}` });
}
