import { describe, expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { offset, producer, TEXT } from "../support/http.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const TTL = { ...TEXT, "Stream-TTL": "10" } as const;
const CLOSE = { "Stream-Closed": "true" } as const;

throughEachDoor(
  "TTL and expiry (protocol §15.4)",
  (s) => {
    const liveReaders = () => s.open.server.metrics().liveReaders;

    /** Status of HEAD: the one look at a stream that renews nothing. */
    const isAlive = async (name: string) => (await s.http.head(name)).status === 200;

    async function mortal(body = "x"): Promise<string> {
      const name = s.name();
      await s.http.put(name, { headers: TTL, body });
      return name;
    }

    test("a life ends on the millisecond, and HEAD does not prolong it", async () => {
      const name = await mortal();
      s.clock.advance(9999);
      expect(await isAlive(name)).toBe(true);
      s.clock.advance(1);
      expect(await isAlive(name)).toBe(false);
      for (const { status } of [
        await s.http.get(name),
        await s.http.post(name, { headers: TEXT, body: "x" }),
        await s.http.delete(name),
        await s.http.get(name, "?offset=now&live=long-poll"),
        await s.http.get(name, "?offset=now&live=sse"),
      ]) {
        expect(status).toBe(404);
      }
    });

    describe("renewed by", () => {
      const uses: readonly (readonly [string, (name: string) => Promise<{ readonly status: number }>])[] = [
        ["a read", (name) => s.http.get(name)],
        ["a read of nothing at the tail", (name) => s.http.get(name, `?offset=${offset(1)}`)],
        ["offset=now", (name) => s.http.get(name, "?offset=now")],
        ["a conditional read", (name) => s.http.get(name, "", { "If-None-Match": "*" })],
        ["a long-poll", (name) => s.http.get(name, "?offset=-1&live=long-poll")],
        ["an append", (name) => s.http.post(name, { headers: TEXT, body: "y" })],
        ["a close", (name) => s.http.post(name, { headers: CLOSE })],
        [
          "a producer's close",
          (name) => s.http.post(name, { headers: { ...producer("p", 0, 0), ...CLOSE } }),
        ],
      ];

      test.each(uses)("%s", async (_, use) => {
        const name = await mortal();
        s.clock.advance(9999);
        expect((await use(name)).status).toBeLessThan(400);
        s.clock.advance(9999);
        expect(await isAlive(name)).toBe(true);
        s.clock.advance(1);
        expect(await isAlive(name)).toBe(false);
      });
    });

    test("a refused read or append renews nothing", async () => {
      const name = await mortal();
      s.clock.advance(9999);
      expect((await s.http.get(name, "?offset=nonsense")).status).toBe(400);
      expect((await s.http.post(name, { body: "x" })).status).toBe(400);
      s.clock.advance(1);
      expect(await isAlive(name)).toBe(false);
    });

    test("many small renewals add up to no more than one window", async () => {
      const name = await mortal();
      for (let count = 0; count < 40; count++) {
        s.clock.advance(500);
        expect((await s.http.get(name)).status).toBe(200);
      }
      s.clock.advance(10_000);
      expect(await isAlive(name)).toBe(false);
    });

    test("nothing extends Stream-Expires-At, a live reader neither", async () => {
      const name = s.name();
      const at = new Date(s.clock.now + 10_000).toISOString();
      await s.http.put(name, { headers: { ...TEXT, "Stream-Expires-At": at } });
      s.clock.advance(9000);
      await s.http.get(name);
      await s.http.post(name, { headers: TEXT, body: "x" });
      const polling = s.http.get(name, "?offset=now&live=long-poll");
      await expect.poll(liveReaders, { interval: 2 }).toBe(1);
      s.clock.advance(1000);
      expect(await isAlive(name)).toBe(false);
      expect((await polling).status).toBe(404);
    });

    test("a stream with a live reader does not expire; its window begins when the reader leaves", async () => {
      const name = await mortal();
      const sse = await EventStream.open(s.http.url(name, "?offset=now&live=sse"));
      await sse.until(({ controls }) => controls.length > 0);
      for (let count = 0; count < 5; count++) {
        s.clock.advance(8000);
        expect(await isAlive(name)).toBe(true);
      }
      sse.close();
      await expect.poll(liveReaders).toBe(0);
      s.clock.advance(9999);
      expect(await isAlive(name)).toBe(true);
      s.clock.advance(1);
      expect(await isAlive(name)).toBe(false);
    });

    test("reads of a fork renew the fork, never its source", async () => {
      const [source, fork] = [await mortal("inherited"), s.name()];
      await s.http.put(fork, { headers: { "Stream-Forked-From": s.http.path(source) } });
      for (let count = 0; count < 3; count++) {
        s.clock.advance(5000);
        expect((await s.http.get(fork)).text).toBe("inherited");
      }
      expect((await s.http.head(source)).status).toBe(410);
      s.clock.advance(10_000);
      expect((await s.http.get(fork)).status).toBe(404);
      await expect.poll(async () => (await s.http.head(source)).status).toBe(404);
    });

    test("HEAD tells the window as configured, not what is left of it", async () => {
      const name = await mortal();
      s.clock.advance(7000);
      expect((await s.http.head(name)).headers.get("Stream-TTL")).toBe("10");
    });

    test("the space of expired streams is given back although nobody asks for them", async () => {
      const before = s.open.server.metrics().loadedStreams;
      await Promise.all(Array.from({ length: 50 }, () => mortal()));
      expect(s.open.server.metrics().loadedStreams).toBe(before + 50);
      s.clock.advance(10_000);
      await expect.poll(() => s.open.server.metrics().loadedStreams).toBeLessThanOrEqual(before);
    });
  },
  (clock) => ({ now: clock.read, sweepMs: 10, stalledReaderMs: 3_600_000, sseCycleMs: 3_600_000 }),
);
