/** Clients that mean harm, against the real server in a process of its own: its memory is bounded, and others are served. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../crash/server-process.ts";
import { Http, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";

const MIB = 1024 * 1024;
/** Enough for what a server does anyway: code that is compiled, buffers that are pooled. */
const ROOM_BYTES = 48 * MIB;
/** What the log holds in one file. */
const SEGMENT_MIB = 16;
const SLOW = 300;
const IDLE = 8000;
/** Requests that one client sends ahead. */
const FLOOD = 20_000;
/** Sockets opened at once: more would overflow the server's queue of connections to accept. */
const AT_ONCE = 200;

let server: ServerProcess | undefined;
const raws: RawSocket[] = [];
let directory: string | undefined;

afterEach(async () => {
  for (const raw of raws.splice(0)) raw.destroy();
  await server?.kill();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

interface StartOptions {
  /** More arguments of `perennial serve`. */
  readonly args?: readonly string[];
  /** A limit of open files. */
  readonly openFiles?: number;
}

async function start(http: string, { args = [], ...limits }: StartOptions = {}): Promise<Http> {
  directory = await mkdtemp(join(tmpdir(), "perennial-abuse-"));
  server = await startServer({ directory, args: ["--http", http, ...args], ...limits });
  const client = new Http(server.url);
  await client.put("s", { headers: TEXT, body: "x".repeat(10_000) });
  // Until nothing is new to the server any more.
  for (let count = 0; count < 200; count++) await expectService(client);
  return client;
}

/** Everybody else reads and writes as ever. */
async function expectService(client: Http): Promise<void> {
  expect((await client.post("t", { headers: TEXT, body: "y" })).status).toBe(404);
  expect((await client.get("s")).text).toHaveLength(10_000);
}

/** Bytes of memory of the server's own. On a system without /proc only its service is judged. */
async function memory(): Promise<number> {
  if (process.platform !== "linux") return 0;
  const status = await readFile(`/proc/${server!.pid}/status`, "utf8");
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

async function open(count: number): Promise<readonly RawSocket[]> {
  const opened: RawSocket[] = [];
  while (opened.length < count) {
    const batch = Math.min(AT_ONCE, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: batch }, () => RawSocket.open(server!.url)))));
  }
  raws.push(...opened);
  return opened;
}

/** Sends `beginning` and then one byte after another, until the server has ended every connection. */
async function dripUntilCut(client: Http, beginning: string, drop: string): Promise<void> {
  const drips = await open(SLOW);
  for (const raw of drips) raw.write(beginning);
  while (drips.some((raw) => !raw.isClosed)) {
    for (const raw of drips) if (!raw.isClosed) raw.write(drop);
    await expectService(client);
  }
}

describe.each(["fast", "node"])("with --http %s,", (http) => {
  test(`${SLOW} clients that drip their headers are cut off`, async () => {
    const client = await start(http, { args: ["--header-timeout-ms", "1s"] });
    const before = await memory();
    await dripUntilCut(client, "GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n", "X-Drip: 1\r\n");
    expect(await memory()).toBeLessThan(before + ROOM_BYTES);
  });

  test(`${SLOW} clients that drip a body are cut off`, async () => {
    const client = await start(http, { args: ["--header-timeout-ms", "1s", "--body-timeout-ms", "1s"] });
    const before = await memory();
    const head =
      "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n";
    await dripUntilCut(client, head, "z");
    expect(await memory()).toBeLessThan(before + ROOM_BYTES);
    expect((await client.get("s")).text).not.toContain("z");
  });

  test("clients that close their side are answered, and let go", async () => {
    const client = await start(http);
    const half = await open(SLOW);
    for (const raw of half) {
      raw.write("GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n\r\n");
      raw.socket.end();
    }
    await Promise.all(half.map((raw) => raw.closed()));
    for (const raw of half) expect(raw.received).toMatch(/^HTTP\/1\.1 200 /);
    await expectService(client);
  });

  test(`${IDLE} connections cost little, and are let go when they stay idle`, async () => {
    const client = await start(http, { args: ["--keep-alive-ms", "3s", "--header-timeout-ms", "3s"] });
    const before = await memory();
    const idle = await open(IDLE);
    for (const raw of idle) raw.write("HEAD /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await Promise.all(idle.map((raw) => raw.until((received) => received.endsWith("\r\n\r\n"))));
    await expectService(client);
    expect(await memory()).toBeLessThan(before + ROOM_BYTES + IDLE * 20 * 1024);
    await Promise.all(idle.map((raw) => raw.closed()));
    await expectService(client);
  });

  test("connections take no file that the log needs: those beyond the limit are closed", async () => {
    const client = await start(http, { openFiles: 200 });
    const within = (await open(90))[0]!;
    const beyond = await open(100);
    await Promise.all(beyond.slice(20).map((raw) => raw.closed()));
    // More than a segment of the log holds, so that it has to open files.
    const body = "x".repeat(MIB);
    const head = `POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ${MIB}\r\n\r\n`;
    for (let count = 1; count <= SEGMENT_MIB + 1; count++) {
      within.write(head + body);
      await within.until((received) => received.split("HTTP/1.1 204").length > count);
    }
    expect(within.received.match(/^HTTP.*$/gm)).toEqual(
      Array(SEGMENT_MIB + 1).fill("HTTP/1.1 204 No Content"),
    );
    expect((await client.get("s")).text).toHaveLength(10_000 + (SEGMENT_MIB + 1) * MIB);
  });

  test("a flood of pipelined requests whose answers nobody reads stops at the socket, and is cut off", async () => {
    const args = ["--long-poll-timeout-ms", "1s", "--sse-heartbeat-ms", "1s", "--stalled-reader-ms", "1s"];
    const client = await start(http, { args });
    const before = await memory();
    const floods = await open(8);
    const asked = floods.length * FLOOD * 10_000;
    const requests = "GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(FLOOD);
    for (const raw of floods) {
      raw.socket.pause();
      raw.write(requests);
    }
    let most = before;
    while (floods.some((raw) => !raw.socket.destroyed)) {
      await expectService(client);
      most = Math.max(most, await memory());
      // A paused socket does not notice by itself that it was cut.
      for (const raw of floods) raw.write("\r\n");
    }
    expect(most).toBeLessThan(before + asked / 10);
  });
});
