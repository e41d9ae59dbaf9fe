/** A wall clock that is set while streams lie in a real archive, where nobody looks at them one by one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createServer } from "../../src/index.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { Http, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { errorKeeper } from "../support/silent-logger.ts";

const HOUR_MS = 3_600_000;
const NAMES = ["a", "b", "c", "d", "e"];

const directory = await mkdtemp(join(tmpdir(), "perennial-clock-"));
afterAll(() => rm(directory, { recursive: true }));

/** A server on the directory, with clocks of its own. */
class World {
  now = Date.UTC(2030, 0, 1);
  uptime = 1000;
  #looks = 0;
  readonly server = createServer({
    log: () => openLocalLog({ directory, scrub: false }),
    logger: errorKeeper().logger,
    sweepMs: 10,
    now: () => this.now,
    monotonicNow: () => {
      this.#looks += 1;
      return this.uptime;
    },
  });

  async ask(method: string, path: string): Promise<Response> {
    const headers = { "Content-Type": "text/plain", "Stream-TTL": "3600" };
    return this.server.fetch(new Request(`http://localhost/v1/stream/${path}`, { method, headers }));
  }

  async listed(): Promise<{ path: string; expiresAt: string }[]> {
    return ((await (await this.ask("GET", "__ds/streams")).json()) as { streams: never[] }).streams;
  }

  /** The sweep, the only one that looks at the clock by itself, has run many times. */
  async swept(): Promise<void> {
    const until = this.#looks + 30;
    while (this.#looks < until) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("ahead by hours, it ends no stream in the archive, and after a restart it is believed", async () => {
  const first = new World();
  await first.server.start();
  for (const name of NAMES) expect((await first.ask("PUT", name)).status).toBe(201);
  await first.server.stop();

  const second = new World();
  await second.server.start();
  second.now += 2 * HOUR_MS;
  await second.swept();
  const listed = await second.listed();
  expect(listed.map(({ path }) => path)).toEqual(NAMES);
  expect(listed.filter(({ expiresAt }) => Date.parse(expiresAt) < second.now)).toEqual([]);
  expect((await second.ask("GET", "a")).status).toBe(200);
  await second.server.stop();

  const third = new World();
  third.now += 2 * HOUR_MS;
  await third.server.start();
  expect((await third.ask("HEAD", "b")).status).toBe(404);
  expect((await third.listed()).map(({ path }) => path)).toEqual(["a"]);
  await third.server.stop();
});

test("back by a day, heartbeats, long-polls and the ends of idle connections come as before", async () => {
  let now = Date.UTC(2030, 0, 1);
  const server = createServer({
    ...{ port: 0, sseHeartbeatMs: 100, longPollTimeoutMs: 300, keepAliveMs: 300 },
    ...{ now: () => now, monotonicNow: () => performance.now(), logger: errorKeeper().logger },
  });
  await server.start();
  const http = new Http(server.url);
  await http.put("s", { headers: TEXT });
  const live = await RawSocket.open(server.url);
  live.write(`GET ${http.path("s")}?offset=now&live=sse HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await live.until((received) => received.includes("event: control"));
  const idle = await RawSocket.open(server.url);
  idle.write(`HEAD ${http.path("s")} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await idle.until((received) => received.includes("\r\n\r\n"));
  now -= 24 * HOUR_MS;
  const before = live.received.length;
  await live.until((received) => received.slice(before).split("\n:").length > 3);
  expect((await http.get("s", "?offset=now&live=long-poll")).status).toBe(204);
  await idle.closed();
  expect(live.isClosed).toBe(false);
  live.destroy();
  await server.stop();
});
