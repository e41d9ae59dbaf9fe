/** From options to a server that listens, or says why it does not. */
import { ConfigError, createServer, MemoryLog } from "@perennial/server";
import { expect, test } from "vitest";

test("a port that is taken is reported by start, and stop is fine with it", async () => {
  const first = createServer({ port: 0 });
  await first.start();
  const second = createServer({ port: Number(new URL(first.url).port) });
  await expect(second.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
  await second.stop();
  await first.stop();
});

test("a log that cannot be opened is reported by start and by fetch, and stop is fine with it", async () => {
  const broken = async (): Promise<never> => {
    throw new Error("the disk is not there");
  };
  const server = createServer({ port: 0, log: broken });
  await expect(server.start()).rejects.toThrow("the disk is not there");
  await expect(server.fetch(new Request("http://localhost/health"))).rejects.toThrow("the disk is not there");
  expect(server.recovery).toBeUndefined();
  await server.stop();
});

test("a server that was never started stops at once", async () => {
  const server = createServer();
  expect(() => server.url).toThrow();
  expect(server.metrics()).toMatchObject({ liveReaders: 0, loadedStreams: 0, heldBodyBytes: 0 });
  await server.stop();
});

test("starting twice is starting once, also when both are under way", async () => {
  const server = createServer({ port: 0 });
  await Promise.all([server.start(), server.start()]);
  const { url } = server;
  await server.start();
  expect(server.url).toBe(url);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  await server.stop();
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test("a start that failed may be tried again", async () => {
  const first = createServer({ port: 0 });
  await first.start();
  let isThere = false;
  const log = async () => {
    if (!isThere) throw new Error("the disk is not there");
    return new MemoryLog("there");
  };
  const second = createServer({ port: Number(new URL(first.url).port), log });
  await expect(second.start()).rejects.toThrow("the disk is not there");
  isThere = true;
  await expect(second.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
  await first.stop();
  await second.start();
  expect((await fetch(`${second.url}/health`)).status).toBe(200);
  await second.stop();
});

test("a stop is for good, however early it comes: nothing is opened any more", async () => {
  let opened = 0;
  const log = async () => {
    opened += 1;
    return new MemoryLog("log");
  };
  const server = createServer({ port: 0, log });
  await server.stop();
  const url = "http://localhost/v1/stream/s";
  const response = await server.fetch(new Request(url, { method: "PUT" }));
  expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
  expect(await response.json()).toMatchObject({ code: "stopping" });
  await expect(server.start()).rejects.toThrow("stopped");
  await server.stop();
  expect(opened).toBe(0);
});

test("a stop while the server starts leaves nothing open", async () => {
  const log = new MemoryLog("log");
  let closed = 0;
  const close = log.close.bind(log);
  log.close = () => {
    closed += 1;
    return close();
  };
  const server = createServer({ port: 0, log: async () => log });
  const starting = server.start();
  await Promise.all([expect(starting).rejects.toThrow("stopped"), server.stop()]);
  expect(closed).toBe(1);
  expect(() => server.url).toThrow();
});

test("several servers live in one process, each with its own streams", async () => {
  const servers = [createServer({ port: 0 }), createServer({ port: 0 })];
  for (const server of servers) await server.start();
  await fetch(`${servers[0]!.url}/v1/stream/s`, { method: "PUT" });
  expect((await fetch(`${servers[0]!.url}/v1/stream/s`)).status).toBe(200);
  expect((await fetch(`${servers[1]!.url}/v1/stream/s`)).status).toBe(404);
  for (const server of servers) await server.stop();
});

test("a server on a port serves the same streams to its fetch handler", async () => {
  const server = createServer({ port: 0, log: async () => new MemoryLog("shared") });
  await server.start();
  await fetch(`${server.url}/v1/stream/s`, { method: "PUT", body: Buffer.from("x") });
  expect(await (await server.fetch(new Request("http://localhost/v1/stream/s"))).text()).toBe("x");
  await server.stop();
});

test.each([
  { port: 65_536 },
  { port: 1.5 },
  { longPollTimeoutMs: 0 },
  { liveBufferBytes: 4096 },
  { pageBytes: 1000 },
  { sseCycleJitter: 1 },
  { bodyBytes: Number.NaN },
  { publicUrl: "example.com" },
  { publicUrl: "https://example.com/path" },
])("%j is refused before anything is opened, by name", (options) => {
  expect(() => createServer(options)).toThrow(ConfigError);
  expect(() => createServer(options)).toThrow(new RegExp(Object.keys(options)[0]!));
});
