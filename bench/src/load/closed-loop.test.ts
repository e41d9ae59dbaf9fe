import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runClosedLoop } from "./closed-loop.ts";
import type { Address } from "./exchange.ts";
import { buildRequests, type RequestSeries } from "./requests.ts";

const series: RequestSeries = { method: "POST", root: "/s/", count: 10, headers: {}, body: "x" };
let seen: string[];
let server: Server;
let address: Address;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(request.url ?? "");
    if (request.url === "/s/3") response.writeHead(500);
    if (request.url === "/s/4") request.socket.destroy();
    request.resume().once("end", () => response.end("done"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("sends each request once, counts what succeeded and names what failed", async () => {
  const requests = buildRequests(series, address);
  let sent = 0;
  const result = await runClosedLoop({ address, connections: 3, next: () => requests[sent++] });
  expect(seen.sort()).toEqual(Array.from({ length: 10 }, (_, index) => `/s/${index}`));
  expect(result.operations).toBe(8);
  expect(result.errors).toEqual({ 500: 1, socket: 1 });
  expect(result.latency!.p50).toBeGreaterThan(0);
});

test("ends after its time and lets the last answers come in", async () => {
  const [request] = buildRequests(series, address);
  let answered = 0;
  let sent = 0;
  const result = await runClosedLoop({
    ...{ address, connections: 2, seconds: 1 },
    next: () => {
      sent++;
      return request;
    },
    answered: () => {
      answered++;
    },
  });
  expect(result.operations).toBeGreaterThan(0);
  expect(result.seconds).toBeGreaterThan(0.99);
  expect(answered).toBe(sent);
});

test("gives up on a server that is not there", async () => {
  server.close();
  const [request] = buildRequests(series, address);
  const result = await runClosedLoop({ address, connections: 1, seconds: 5, next: () => request });
  expect(result.operations).toBe(0);
  expect(result.errors.socket).toBeGreaterThan(0);
});
