import { beforeAll, expect, test } from "vitest";
import { errorKeeper } from "../support/silent-logger.ts";
import { Control, codeOf, until } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

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

    test("a service that ends takes its subscriptions with it", async () => {
      await addService("three");
      await as("three").put("mine", wanted("three"));
      await s.open.server.services.delete("three");
      await until(async () => (await s.open.server.services.list()).every(({ id }) => id !== "three"));
      await addService("three");
      expect((await as("three").send("GET", "mine")).status).toBe(404);
    });
  },
  () => ({ logger: errorKeeper().logger }),
);
