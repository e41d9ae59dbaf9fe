/** Many subscribers, and many that come and go. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { Http, JSON_TYPE } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { activeTimers, serverSockets } from "../support/server-sockets.ts";

const SUBSCRIBERS = 1000;
const WAVES = 8;
const PER_WAVE = 250;

describe.each(DOORS)("crowds through $name", (door) => {
  let open: OpenDoor;
  let http: Http;

  beforeAll(async () => {
    open = await door.open({ now: () => Date.UTC(2030, 0, 1), stalledReaderMs: 60_000 });
    http = new Http(open.url);
    await http.put("s", { headers: JSON_TYPE });
  });

  afterAll(() => open.close());

  const liveReaders = () => open.server.metrics().liveReaders;

  async function subscribe(live: "sse" | "long-poll"): Promise<RawSocket> {
    const raw = await RawSocket.open(open.url);
    raw.write(`GET ${http.path("s")}?offset=now&live=${live} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return raw;
  }

  test(`${SUBSCRIBERS} subscribers receive the same events in the same order`, async () => {
    const subscribers = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => subscribe("sse")));
    await Promise.all(subscribers.map((raw) => raw.until((received) => received.includes("event: control"))));
    for (let count = 0; count < 20; count++) {
      await http.post("s", { headers: JSON_TYPE, body: `[${count}]` });
    }
    await Promise.all(subscribers.map((raw) => raw.until((received) => received.includes("data:[19]"))));
    const bodies = new Set(subscribers.map((raw) => raw.received.split("\r\n\r\n").slice(1).join("")));
    expect(bodies.size).toBe(1);
    const data = [...[...bodies][0]!.matchAll(/^data:\[(\d+)\]$/gm)].map((match) => Number(match[1]));
    expect(data).toEqual(Array.from({ length: 20 }, (_, index) => index));
    for (const raw of subscribers) raw.destroy();
    await expect.poll(liveReaders).toBe(0);
  });

  test(`${WAVES * PER_WAVE} connects and disconnects leave nothing behind`, async () => {
    await expect.poll(() => serverSockets(open.url).length).toBeLessThan(20);
    const [socketsBefore, timersBefore] = [serverSockets(open.url).length, activeTimers()];
    for (let wave = 0; wave < WAVES; wave++) {
      const live = wave % 2 === 0 ? "sse" : "long-poll";
      const raws = await Promise.all(Array.from({ length: PER_WAVE }, () => subscribe(live)));
      // Some are served before they go, some go at once.
      if (wave % 4 < 2) await expect.poll(liveReaders).toBe(PER_WAVE);
      for (const raw of raws) raw.destroy();
      if (wave % 4 < 2) await expect.poll(liveReaders).toBe(0);
    }
    await expect.poll(() => serverSockets(open.url).length).toBeLessThanOrEqual(socketsBefore);
    await expect.poll(liveReaders).toBe(0);
    await expect.poll(activeTimers).toBeLessThanOrEqual(timersBefore + 2);
    expect((await http.get("s")).status).toBe(200);
  });
});
