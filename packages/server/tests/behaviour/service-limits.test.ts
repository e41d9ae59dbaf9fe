/** What a service may use: each limit, what it says when it is reached, and that others are not touched. */
import { mintToken, signingKey } from "@perennial/tokens";
import { beforeAll, expect, test } from "vitest";
import type { ServiceLimits } from "../../src/services/limits.ts";
import { EventStream } from "../support/event-stream.ts";
import { TEXT } from "../support/http.ts";
import { errorKeeper } from "../support/silent-logger.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const USAGE = "/v1/stream/__ds/usage";
/** Of the server's steady clock, ms. */
let steady = 0;

throughEachDoor(
  "limits of services",
  (s) => {
    let count = 0;
    const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });
    let other = "";
    beforeAll(async () => {
      other = await created("other");
      expect((await put("other", other, "a")).status).toBe(201);
    });
    const created = async (id: string) => {
      const made = await s.open.server.services.create(id);
      if (made.kind === "rejected") throw new Error(made.rejection.kind);
      return made.value.secret;
    };
    const put = (id: string, secret: string, name: string, body = "") =>
      s.http.put(`${id}/${name}`, { headers: { ...TEXT, ...bearer(secret) }, body });
    const post = (id: string, secret: string, name: string, body: string, more = {}) =>
      s.http.post(`${id}/${name}`, { headers: { ...TEXT, ...bearer(secret), ...more }, body });
    /** A service of its own with a stream, and then these limits. */
    const limited = async (limits: ServiceLimits) => {
      count += 1;
      const id = `app-${count}`;
      const secret = await created(id);
      expect((await put(id, secret, "a", "12345")).status).toBe(201);
      expect((await s.open.server.services.limit(id, limits)).kind).toBe("ok");
      return { id, secret };
    };
    const usage = async (secret: string) =>
      JSON.parse((await s.http.send("GET", USAGE, { headers: bearer(secret) })).text);
    const expectRefused = (answer: Awaited<ReturnType<typeof post>>, facts: object, retryAfter: string) => {
      expect(answer.status).toBe(429);
      expect(JSON.parse(answer.text)).toMatchObject({ code: "service_limit", ...facts });
      expect(answer.headers.get("Retry-After")).toBe(retryAfter);
    };

    test("writes a second", async () => {
      const { id, secret } = await limited({ writesPerSecond: 2 });
      expect((await post(id, secret, "a", "x")).status).toBe(204);
      expect((await put(id, secret, "a")).status).toBe(200);
      expectRefused(await post(id, secret, "a", "x"), { name: "writesPerSecond", limit: 2, use: 3 }, "1");
      expect((await post("other", other, "a", "x")).status).toBe(204);
      expect((await s.http.get(`${id}/a`, "", bearer(secret))).text).toBe("12345x");
      steady += 1000;
      expect((await post(id, secret, "a", "x")).status).toBe(204);
    });

    test("bytes a second; one longer body gets in and is paid for", async () => {
      const { id, secret } = await limited({ bytesPerSecond: 10 });
      expect((await post(id, secret, "a", "x".repeat(30))).status).toBe(204);
      expectRefused(await post(id, secret, "a", "x"), { name: "bytesPerSecond", limit: 10, use: 31 }, "3");
      steady += 3000;
      expect((await post(id, secret, "a", "x")).status).toBe(204);
    });

    test("live readers, of both kinds, until they leave", async () => {
      const { id, secret } = await limited({ liveReaders: 1 });
      const live = (mode: string) => s.http.get(`${id}/a`, `?offset=now&live=${mode}`, bearer(secret));
      const token = await mintToken(await signingKey(secret), {
        ...{ service: id, streams: [{ match: "**", ops: ["read"] }] },
      });
      const events = await EventStream.open(
        `${s.http.url(`${id}/a`, "?offset=now&live=sse")}&access_token=${token}`,
      );
      await events.until(({ raw }) => raw.includes("event: control"));
      expectRefused(await live("long-poll"), { name: "liveReaders", limit: 1, use: 1 }, "5");
      expectRefused(await live("sse"), { name: "liveReaders", limit: 1, use: 1 }, "5");
      expect((await usage(secret)).usage.liveReaders).toBe(1);
      events.close();
      await expect.poll(async () => (await usage(secret)).usage.liveReaders).toBe(0);
      expect((await live("long-poll")).status).toBe(204);
    });

    test("streams: those that are there are no others, and deleting makes room", async () => {
      const { id, secret } = await limited({ streams: 2 });
      await usage(secret);
      expect((await put(id, secret, "b")).status).toBe(201);
      expectRefused(await put(id, secret, "c"), { name: "streams", limit: 2, use: 2 }, "30");
      expect((await put(id, secret, "b")).status).toBe(200);
      await s.http.send("DELETE", `/v1/stream/${id}/b`, { headers: bearer(secret) });
      steady += 10_000;
      expect((await usage(secret)).usage.streams).toBe(1);
      expect((await put(id, secret, "c")).status).toBe(201);
    });

    test("stored bytes, forks without what they have from their source", async () => {
      const { id, secret } = await limited({ storedBytes: 10 });
      await usage(secret);
      const fork = { ...bearer(secret), "Stream-Forked-From": `/v1/stream/${id}/a` };
      expect((await s.http.put(`${id}/f`, { headers: fork })).status).toBe(201);
      expect((await post(id, secret, "f", "12345")).status).toBe(204);
      expectRefused(await post(id, secret, "a", "1"), { name: "storedBytes", limit: 10, use: 10 }, "30");
      expect((await post(id, secret, "a", "", { "Stream-Closed": "true" })).status).toBe(204);
      steady += 10_000;
      expect((await usage(secret)).usage.storedBytes).toBe(10);
    });

    test("usage is told to whoever may see all, and to operators", async () => {
      const { id, secret } = await limited({ streams: 5 });
      expect(await usage(secret)).toEqual({
        ...{ service: id, limits: { streams: 5 } },
        usage: { writes: 1, bytes: 5, liveReaders: 0, streams: 1, storedBytes: 5 },
      });
      expect(s.open.server.metrics().services[id]).toMatchObject({ streams: 1, storedBytes: 5 });
      const status = async (credential: string) =>
        (await s.http.send("GET", USAGE, { headers: bearer(credential) })).status;
      const key = await signingKey(secret);
      const token = (match: string) =>
        mintToken(key, { service: id, streams: [{ match, ops: ["list"] as const }] });
      expect([await status(await token("**")), await status(await token("a/**"))]).toEqual([200, 403]);
      expect((await s.http.send("GET", USAGE)).status).toBe(401);
    });

    test("what is no limit is refused, and limits are found again", async () => {
      const { services } = s.open.server;
      const { id } = await limited({ streams: 5 });
      for (const bad of [{ streams: 0 }, { streams: 1.5 }, { readers: 1 } as ServiceLimits])
        expect(await services.limit(id, bad)).toMatchObject({ rejection: { kind: "bad-limits" } });
      expect(await services.limit("none", {})).toMatchObject({ rejection: { kind: "no-such-service" } });
      expect((await services.list()).find((service) => service.id === id)?.limits).toEqual({ streams: 5 });
    });
  },
  () => ({ monotonicNow: () => steady, longPollTimeoutMs: 300, logger: errorKeeper().logger }),
);
