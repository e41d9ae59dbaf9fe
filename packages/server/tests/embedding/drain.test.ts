/** Stopping: nothing new, live reads end properly, what is under way is finished, and it does not take long. */

import { ManualLog } from "@perennial/testing/journal";
import { describe, expect, test } from "vitest";
import { DOORS, fetchDoor } from "../doors/doors.ts";
import { EventStream } from "../support/event-stream.ts";
import { Http, offset, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { serverSockets } from "../support/server-sockets.ts";

/** Longer than a test may take: a stop that waits for somebody never ends in time. */
const HOUR_MS = 3_600_000;

describe.each(DOORS)("stopping a server that is reached through $name", (door) => {
  test("ends SSE readers with a last control event, and long-polls with 204", async () => {
    const open = await door.open({ drainMs: HOUR_MS });
    const http = new Http(open.url);
    await http.put("s", { headers: TEXT, body: "abc" });
    const sse = await EventStream.open(http.url("s", "?offset=-1&live=sse"));
    await sse.until(({ controls }) => controls.length === 1);
    const polling = http.get("s", "?offset=now&live=long-poll");
    await expect.poll(() => open.server.metrics().liveReaders).toBe(2);
    const stopped = open.server.stop();
    expect(await sse.over()).toBe("ended");
    expect(sse.controls).toHaveLength(2);
    expect(sse.controls[1]).toMatchObject({ streamNextOffset: offset(3), upToDate: true });
    const { status, next } = await polling;
    expect([status, next]).toEqual([204, offset(3)]);
    await stopped;
    await open.close();
    expect(serverSockets(open.url)).toEqual([]);
  });

  test("answers an append under way, although its body still arrives and its record is not durable", async () => {
    const log = new ManualLog();
    const open = await door.open({ log: async () => log, drainMs: 20_000 });
    const http = new Http(open.url);
    const creating = http.put("s", { headers: TEXT });
    await log.accepted();
    log.settle();
    await creating;
    const raw = await RawSocket.open(open.url);
    raw.write(
      "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nabc",
    );
    const appending = http.post("s", { headers: TEXT, body: "first" });
    await log.accepted();
    await http.head("s");
    const stopped = open.server.stop();
    raw.write("def");
    await log.accepted(2);
    log.settle();
    expect((await appending).status).toBe(204);
    expect((await raw.answer()).status).toBe(204);
    raw.destroy();
    await stopped;
    await open.close();
  });

  test("may be asked for twice, and before anything was asked of it", async () => {
    const open = await door.open();
    await Promise.all([open.server.stop(), open.server.stop()]);
    await open.close();
  });

  test("gives up on a client that does not finish, after drainMs", async () => {
    const open = await door.open({ drainMs: 50 });
    await new Http(open.url).put("s", { headers: TEXT });
    const raw = await RawSocket.open(open.url);
    raw.write(
      "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nabc",
    );
    await expect.poll(() => serverSockets(open.url).length).toBeGreaterThan(0);
    await open.close();
    await raw.closed();
  });
});

describe("an embedded server", () => {
  test("answers 503 once it is stopped", async () => {
    const open = await fetchDoor.open();
    const url = "http://localhost/v1/stream/s";
    await open.server.fetch(new Request(url, { method: "PUT" }));
    await open.server.stop();
    for (const method of ["GET", "PUT", "POST", "DELETE"]) {
      const response = await open.server.fetch(new Request(url, { method }));
      expect(response.status).toBe(503);
      expect(response.headers.get("Retry-After")).toMatch(/^[0-9]+$/);
    }
    await open.close();
  });
});
