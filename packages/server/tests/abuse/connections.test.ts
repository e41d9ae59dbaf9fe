/** Who may hold how many connections, over real sockets. Every address of 127.0.0.0/8 is this machine's on Linux. */
import { connect } from "node:net";
import { createServer, type ServerOptions } from "@perennial/server";
import { afterEach, describe, expect, test } from "vitest";
import { RawSocket } from "../support/raw-socket.ts";
import { errorKeeper } from "../support/silent-logger.ts";

const GET = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** What is to be ended after the test. */
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(options: ServerOptions) {
  let now = 0;
  const server = createServer({
    ...{ port: 0, host: "127.0.0.1", logger: errorKeeper().logger, drainMs: 0, stopGraceMs: 0 },
    ...{ monotonicNow: () => now, ...options },
  });
  await server.start();
  ends.push(() => server.stop());
  return { url: server.url, pass: (ms: number) => (now += ms) };
}

/** A connection from one of this machine's addresses. */
async function from(url: string, localAddress = "127.0.0.1"): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const raw = await RawSocket.over(connect({ port: Number(port), host: hostname, localAddress }));
  ends.push(() => raw.destroy());
  return raw;
}

/** Asks once more, and tells the status. */
async function ask(raw: RawSocket): Promise<number> {
  raw.received = "";
  raw.write(GET);
  return (await raw.answer()).status;
}

async function connections(url: string, count: number): Promise<RawSocket[]> {
  const all: RawSocket[] = [];
  for (let index = 0; index < count; index++) {
    const raw = await from(url);
    expect(await ask(raw)).toBe(200);
    all.push(raw);
  }
  return all;
}

describe.each(["fast", "node"] as const)("connections, --http %s", (http) => {
  test("of one address are limited; one too many is told so and closed, and other addresses are served", async () => {
    const { url } = await open({ http, connectionsPerAddress: 3 });
    const [first] = await connections(url, 3);
    const refused = await from(url);
    refused.write(GET);
    const { status, head, body } = await refused.answer();
    expect(status).toBe(429);
    expect(head).toMatch(/\r\nConnection: close(\r\n|$)/i);
    expect(head).toMatch(/\r\nRetry-After: [1-9]/i);
    expect(JSON.parse(body)).toMatchObject({ status: 429, code: "connections_of_address" });
    await refused.closed();
    expect(await ask(await from(url, "127.0.0.2"))).toBe(200);
    expect(await ask(first!)).toBe(200);
    first!.destroy();
    await expect.poll(async () => ask(await from(url)).catch(() => 0)).toBe(200);
  });

  test("refused by the hundreds leave room for others, and those that say nothing are closed", async () => {
    const { url } = await open({ http, connectionsPerAddress: 1, connections: 20 });
    await connections(url, 1);
    const refused = await Promise.all(Array.from({ length: 200 }, () => from(url)));
    await Promise.all(refused.map((raw) => raw.closed()));
    expect(await ask(await from(url, "127.0.0.2"))).toBe(200);
  });

  test("of this machine itself are not limited unless that is asked for", async () => {
    const { url } = await open({ http, connections: 20 });
    await connections(url, 20);
  });

  test("that are idle give way when there is no more room, the oldest first; others do not", async () => {
    const { url, pass } = await open({ http, connections: 4 });
    const [oldest, waiting, third] = await connections(url, 4);
    const stream =
      "PUT /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n";
    waiting!.received = "";
    waiting!.write(stream);
    expect((await waiting!.answer()).status).toBe(201);
    waiting!.received = "";
    waiting!.write("GET /v1/stream/s?offset=now&live=sse HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await waiting!.until((received) => received.includes("event: control"));
    pass(3000);
    expect(await ask(third!)).toBe(200);
    const tooEarly = await from(url);
    tooEarly.write(GET);
    const { status, body } = await tooEarly.answer();
    expect([status, JSON.parse(body).code]).toEqual([503, "connections_in_use"]);
    pass(2000);
    expect(await ask(await from(url))).toBe(200);
    await oldest!.closed();
    // The fourth has been idle for five seconds, the third for two, and the second is not.
    expect(await ask(await from(url))).toBe(200);
    await expect.poll(async () => ask(await from(url)).catch(() => 0)).toBe(503);
    expect(waiting!.isClosed).toBe(false);
    expect(await ask(third!)).toBe(200);
  });
});
