import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Address } from "./exchange.ts";
import { runOpenLoop } from "./open-loop.ts";
import { buildRequest } from "./requests.ts";

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Answers each request after `milliseconds`, one status for all. */
async function serve(milliseconds: number, status: number): Promise<Address> {
  server = createServer((_, response) =>
    setTimeout(() => response.writeHead(status).end("ok"), milliseconds),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

test("requests come at their rate, and waiting for a connection counts", async () => {
  const address = await serve(20, 200);
  const request = buildRequest({ method: "GET", path: "/", headers: {} }, address);
  const result = await runOpenLoop({
    address,
    connections: 1,
    perSecond: 100,
    seconds: 0.1,
    request: () => request,
  });
  expect(result.operations).toBe(10);
  expect(result.errors).toEqual({});
  expect(result.latency!.max).toBeGreaterThan(80);
});

test("refusals are errors by their status", async () => {
  const address = await serve(0, 503);
  const request = buildRequest({ method: "GET", path: "/", headers: {} }, address);
  const result = await runOpenLoop({
    address,
    connections: 2,
    perSecond: 100,
    seconds: 0.05,
    request: () => request,
  });
  expect(result.operations).toBe(0);
  expect(result.errors).toEqual({ 503: 5 });
});
