import { createServer } from "@perennial/server";
import { beforeAll, expect, test } from "vitest";
import { Http } from "../support/http.ts";
import { errorKeeper } from "../support/silent-logger.ts";
import { Control, codeOf, until } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

throughEachDoor(
  "subscriptions of services",
  (s) => {
    const secrets = new Map<string, string>();
    const as = (service: string) => new Control(s.http, { Authorization: `Bearer ${secrets.get(service)}` });
    const addService = async (id: string) => {
      const created = await s.open.server.services.create(id);
      if (created.kind === "rejected") throw new Error(created.rejection.kind);
      secrets.set(id, created.value.secret);
    };

    beforeAll(async () => {
      await addService("one");
      await addService("two");
    });

    const wanted = (service: string) => ({
      ...{ type: "pull-wake", pattern: `${service}/in/**`, wake_stream: `${service}/wakes` },
    });

    test("each has its own, also under the same id, and sees nobody else's", async () => {
      for (const service of ["one", "two"])
        expect((await as(service).put("same", wanted(service))).status).toBe(201);
      await as("one").append("one/in/a");
      expect((await as("one").show("same")).streams).toMatchObject([{ path: "one/in/a" }]);
      expect((await as("two").show("same")).streams).toEqual([]);
      await as("two").send("DELETE", "same");
      expect((await as("one").send("GET", "same")).status).toBe(200);
    });

    test.each([
      { pattern: "**" },
      { pattern: "*/in" },
      { pattern: "two/**" },
      { pattern: "onex/**" },
      { streams: ["two/a"] },
      { wake_stream: "two/wakes" },
      { pattern: "%6Fne/../two/**" },
    ])("%j reaches beyond the service, and is refused", async (more) => {
      const answer = await as("one").put(s.name(), { ...wanted("one"), ...more });
      expect([answer.status, codeOf(answer)]).toEqual([400, "INVALID_REQUEST"]);
    });

    test("nor can streams be added that are another's", async () => {
      const id = s.name();
      await as("one").put(id, wanted("one"));
      expect((await as("one").send("POST", `${id}/streams`, { streams: ["two/a"] })).status).toBe(400);
      expect((await as("one").send("DELETE", `${id}/streams/two%2Fa`)).status).toBe(400);
    });

    test("without a secret nothing is told, but for the keys; a worker's token is enough for its wake", async () => {
      const id = s.name();
      await as("one").put(id, { ...wanted("one"), pattern: `one/${id}/*`, streams: [] });
      await as("one").append(`one/${id}/a`);
      const claimed = await as("one").claimed(id);
      const stranger = new Control(s.http);
      for (const [method, path] of [
        ["GET", id],
        ["PUT", id],
        ["DELETE", id],
        ["POST", `${id}/claim`],
        ["POST", `${id}/replay`],
        ["GET", `${id}/dead-letters`],
      ] as const)
        expect((await stranger.send(method, path, method === "GET" ? undefined : {})).status).toBe(401);
      expect((await s.http.send("GET", "/v1/stream/__ds/subscriptions")).status).toBe(401);
      expect((await s.http.send("GET", "/v1/stream/__ds/jwks.json")).status).toBe(200);
      expect((await stranger.done(id, claimed)).status).toBe(200);
      expect((await as("one").send("POST", `../keys/rotate`)).status).toBe(404);
    });

    test("while a service is disabled its wakes wait, and its workers' tokens open nothing", async () => {
      const hook = await WebhookReceiver.open();
      try {
        hook.answer = () => ({ status: 500 });
        const webhook = { type: "webhook", webhook: { url: hook.url } };
        await as("one").put("hooked", { ...webhook, pattern: "one/hooked/*" });
        await as("two").put("hooked", { ...webhook, pattern: "two/hooked/*" });
        await as("one").append("one/hooked/a");
        const { body } = await hook.next(0);
        await until(async () => (await as("one").show("hooked")).status === "failed");
        await s.open.server.services.disable("one");
        s.clock.advance(60_000);
        // What is due goes in the order of its time: had that of the other one been, it would be here by now.
        await as("two").append("two/hooked/a");
        expect((await hook.next(1)).body.streams).toMatchObject([{ path: "two/hooked/a" }]);
        await until(async () => (await as("two").show("hooked")).status === "failed");
        s.clock.advance(60_000);
        expect((await hook.next(2)).body.streams).toMatchObject([{ path: "two/hooked/a" }]);
        const report = { wake_id: body.wake_id, generation: body.generation };
        const token = { Authorization: `Bearer ${body.callback_token}` };
        const callback = () =>
          new Control(s.http).send("POST", "hooked/callback", { ...report, done: true }, token);
        expect((await callback()).status).toBe(403);
        hook.answer = () => ({ body: "{}" });
        await s.open.server.services.enable("one");
        await until(() => hook.got.filter((got) => got.body.wake_id === body.wake_id).length === 2);
        expect((await callback()).status).toBe(200);
      } finally {
        await hook.close();
      }
    });

    test("a service that ends takes its subscriptions with it", async () => {
      await addService("three");
      await as("three").put("mine", wanted("three"));
      await s.open.server.services.delete("three");
      await until(async () => (await s.open.server.services.list()).every(({ id }) => id !== "three"));
      await addService("three");
      expect((await as("three").send("GET", "mine")).status).toBe(404);
    });
  },
  (clock) => ({
    ...{ now: clock.read, monotonicNow: () => performance.now(), logger: errorKeeper().logger },
    webhookHosts: "localhost",
  }),
);

test("what was subscribed to before there were services hears nothing of them", async () => {
  const hook = await WebhookReceiver.open();
  const server = createServer({ port: 0, stopGraceMs: 0, drainMs: 0, webhookHosts: "localhost" });
  await server.start();
  try {
    const http = new Http(server.url);
    const all = new Control(http);
    const webhook = { type: "webhook", webhook: { url: hook.url } };
    expect((await all.put("all", { ...webhook, pattern: "**" })).status).toBe(201);
    await all.append("before");
    expect((await hook.next(0)).body.subscription_id).toBe("all");
    const created = await server.services.create("one");
    if (created.kind === "rejected") throw new Error(created.rejection.kind);
    const one = new Control(http, { Authorization: `Bearer ${created.value.secret}` });
    await one.append("one/first");
    await one.put("own", { ...webhook, pattern: "one/**" });
    await one.append("one/second");
    expect((await hook.next(1)).body.subscription_id).toBe("own");
    expect(hook.got).toHaveLength(2);
  } finally {
    await server.stop();
    await hook.close();
  }
});
