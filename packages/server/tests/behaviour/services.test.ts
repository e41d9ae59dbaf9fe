import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type DurableStreamsServer, openLocalLog } from "@perennial/server";
import { beforeAll, describe, expect, test } from "vitest";
import { Http, JSON_TYPE, TEXT } from "../support/http.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

/** A service with one stream, `kept`, and its secret. */
async function serviceWithStream(server: DurableStreamsServer, http: Http, id: string): Promise<string> {
  const created = await server.services.create(id);
  if (created.kind === "rejected") throw new Error(created.rejection.kind);
  const { secret } = created.value;
  await http.put(`${id}/kept`, { headers: { ...TEXT, ...bearer(secret) }, body: `of ${id}` });
  return secret;
}

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

const VERBS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];
/** Every place that has to do with streams. */
const PLACES = [
  "/v1/stream/app/kept",
  "/v1/stream/app/kept?offset=now&live=long-poll",
  "/v1/stream/app/kept?offset=-1&live=sse",
  "/v1/stream/app/none",
  "/v1/stream/none/none",
  "/v1/stream/app",
  "/v1/stream/__ds/streams",
  "/v1/stream/__ds/streams?prefix=app/",
  "/v1/stream/__ds/changes",
  "/v1/stream/__ds/usage",
  "/v1/stream/__ds/producers?path=app/kept",
  "/v1/stream/__ds/keys/rotate",
  "/v1/stream/__ds/subscriptions",
  ...[
    "",
    "/streams",
    "/streams/app/kept",
    "/claim",
    "/replay",
    "/dead-letters",
    "/dead-letters/app/kept",
  ].map((part) => `/v1/stream/__ds/subscriptions/s${part}`),
  "/v1/mounted/x",
];
const ROUTES = PLACES.flatMap((path) => VERBS.map((method) => [method, path] as const));

throughEachDoor(
  "services",
  (s) => {
    let secret = "";
    let others = "";
    beforeAll(async () => {
      secret = await serviceWithStream(s.open.server, s.http, "app");
      others = await serviceWithStream(s.open.server, s.http, "app2");
    });
    const as = (own: string) => ({ headers: { ...TEXT, ...bearer(own) } });
    const own = (own: string, method: string, path: string) => s.http.send(method, path, as(own));

    test.each(ROUTES)(
      "%s %s is refused without the secret, with the same words whatever there is",
      async (...[method, path]) => {
        const wrong: Record<string, string>[] = [
          {},
          { Authorization: "" },
          { Authorization: secret },
          { Authorization: `Basic ${Buffer.from(`app:${secret}`).toString("base64")}` },
          { Authorization: `Bearer ${secret}x` },
          { Authorization: `Bearer ${secret.slice(0, -1)}` },
          { Authorization: `Bearer ${secret}, Bearer ${secret}` },
          { "X-HTTP-Method-Override": "GET", "X-Authorization": `Bearer ${secret}` },
          { Cookie: `Authorization=Bearer ${secret}` },
        ];
        if (!path.startsWith("/v1/stream/__ds/")) wrong.push(bearer(others));
        for (const headers of wrong) {
          const answer = await s.http.send(method, path, { headers: { ...TEXT, ...headers } });
          const seen = [
            answer.status,
            answer.headers.get("WWW-Authenticate"),
            answer.headers.get("Cache-Control"),
          ];
          expect([headers, ...seen]).toEqual([headers, 401, "Bearer", "no-store"]);
          if (method !== "HEAD") expect(JSON.parse(answer.text)).toEqual(UNAUTHORIZED);
        }
        expect((await own(secret, "GET", "/v1/stream/app/kept")).text).toBe("of app");
      },
    );

    test("a secret in the query is no secret", async () => {
      for (const name of ["secret", "token", "access_token", "authorization"])
        expect((await s.http.get("app/kept", `?${name}=${secret}`)).status).toBe(401);
    });

    test.each([
      ...[
        "app2/kept",
        "app%2Fkept",
        "app%2F..%2Fapp2/kept",
        "%61pp2/kept",
        "App/kept",
        "ap/kept",
        "kept",
        "app.",
      ],
    ])("app's secret does not reach %s", async (name) => {
      for (const method of ["GET", "PUT", "POST", "DELETE"])
        expect((await own(secret, method, `/v1/stream/${name}`)).status).toBe(401);
    });

    test.each(["app//kept", "app/../app2/kept", "./app2/kept", "app/%00"])(
      "no trick of spelling reaches another service: %s",
      async (name) => {
        const answer = await s.open.server.fetch(
          new Request(`http://localhost/v1/stream/${name}`, as(secret)),
        );
        expect([400, 401]).toContain(answer.status);
      },
    );

    test("other spellings of one's own name reach one's own streams", async () => {
      for (const path of ["/v1/stream/app/kept", "/v1/stream/%61pp/kept", "/v1/stream/app/ke%70t"])
        expect((await own(secret, "GET", path)).text).toBe("of app");
    });

    test("with the secret, all verbs do what they do without services", async () => {
      const headers = { ...TEXT, Authorization: `bearer ${secret}` };
      const path = "/v1/stream/app/verbs";
      const statuses: number[] = [];
      for (const method of ["PUT", "POST", "GET", "HEAD", "DELETE", "PATCH"]) {
        const body = method === "POST" ? { body: "x" } : {};
        statuses.push((await s.http.send(method, path, { headers, ...body })).status);
      }
      expect(statuses).toEqual([201, 204, 200, 200, 204, 405]);
    });

    test("a fork does not reach across, whether there is something or not", async () => {
      const fork = (source: string) => ({
        headers: { ...bearer(secret), "Stream-Forked-From": `/v1/stream/${source}` },
      });
      const answers = await Promise.all(
        ["app2/kept", "app2/none", "app/none"].map((source) => s.http.put("app/fork", fork(source))),
      );
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect((await s.http.put("app/fork", fork("app/kept"))).status).toBe(201);
    });

    test("the list shows one's own streams", async () => {
      const list = async (query: string) => own(secret, "GET", `/v1/stream/__ds/streams${query}`);
      const paths = async (query: string) =>
        JSON.parse((await list(query)).text).streams.map(({ path }: { path: string }) => path);
      for (const query of ["", "?prefix=", "?prefix=app/", "?after=a", "?prefix=app/k"])
        expect(await paths(query)).toContain("app/kept");
      for (const query of ["", "?prefix=app/", "?after=app2", "?limit=1000"])
        expect((await paths(query)).every((path: string) => path.startsWith("app/"))).toBe(true);
      for (const query of ["?prefix=app2/", "?prefix=app2", "?prefix=a", "?prefix=__ds", "?prefix=app"])
        expect((await list(query)).status).toBe(400);
    });

    test("changes of the list are those of one's own streams", async () => {
      const changes = async (query: string) =>
        JSON.parse((await own(secret, "GET", `/v1/stream/__ds/changes${query}`)).text);
      const { cursor } = await changes("");
      await own(others, "PUT", "/v1/stream/app2/changed");
      expect(await changes(`?since=${cursor}`)).toEqual({ cursor, streams: [], removed: [] });
      await own(secret, "PUT", "/v1/stream/app/changed");
      const told = await changes(`?since=${cursor}`);
      expect(told.streams.map(({ path }: { path: string }) => path)).toEqual(["app/changed"]);
    });

    test("producers are those of one's own streams", async () => {
      const producers = (path: string) => own(secret, "GET", `/v1/stream/__ds/producers?path=${path}`);
      expect((await producers("app/kept")).status).toBe(200);
      expect((await producers("app2/kept")).text).toBe((await producers("app2/none")).text);
      expect((await producers("app2/kept")).status).toBe(404);
    });

    test("answers are for whoever asked, and no shared cache's", async () => {
      const read = await own(secret, "GET", "/v1/stream/app/kept");
      expect(read.headers.get("Cache-Control")).toBe("private, max-age=60, stale-while-revalidate=300");
      expect(read.headers.get("Vary")).toContain("Authorization");
      const again = { ...bearer(secret), "If-None-Match": read.headers.get("ETag")! };
      const revalidated = await s.http.get("app/kept", "", again);
      expect(revalidated.status).toBe(304);
      expect(revalidated.headers.get("Cache-Control")).toMatch(/^private/);
      const stolen = await s.http.get("app/kept", "", { ...again, ...bearer(others) });
      expect(stolen.status).toBe(401);
    });

    test("what is not about streams needs no secret", async () => {
      expect((await s.http.send("GET", "/health")).status).toBe(200);
      expect((await s.http.send("OPTIONS", "/v1/stream/app/kept")).status).toBe(204);
    });

    test("any Host is known: a page that found the server by rebinding has no secret", async () => {
      const request = new Request("http://streams.example/v1/stream/app/kept", as(secret));
      expect((await s.open.server.fetch(request)).status).toBe(200);
    });
  },
  () => ({ mounts: [{ prefix: "/v1/mounted/", fetch: async () => new Response("mounted") }] }),
);

const UNAUTHORIZED = {
  type: "urn:perennial:problem:unauthorized",
  title: "Unauthorized",
  status: 401,
  code: "unauthorized",
  detail: expect.stringContaining("Authorization: Bearer"),
  header: "Authorization",
};

describe("an operator", () => {
  const withServer = async (
    run: (server: DurableStreamsServer, status: (secret: string) => Promise<number>) => Promise<void>,
  ) => {
    const server = createServer();
    const status = async (secret: string): Promise<number> =>
      (await server.fetch(new Request("http://localhost/v1/stream/app/kept", { headers: bearer(secret) })))
        .status;
    await run(server, status);
    await server.stop();
  };
  const secretOf = (made: Awaited<ReturnType<DurableStreamsServer["services"]["create"]>>): string => {
    if (made.kind === "rejected") throw new Error(made.rejection.kind);
    return made.value.secret;
  };

  test("changes secrets without a gap", () =>
    withServer(async (server, status) => {
      const first = secretOf(await server.services.create("app"));
      const second = secretOf(await server.services.rotate("app"));
      expect([await status(first), await status(second)]).toEqual([404, 404]);
      const third = secretOf(await server.services.rotate("app"));
      expect([await status(first), await status(second), await status(third)]).toEqual([401, 404, 404]);
      await server.services.retire("app");
      expect([await status(second), await status(third)]).toEqual([401, 404]);
    }));

  test("disables a service and enables it", () =>
    withServer(async (server, status) => {
      const secret = secretOf(await server.services.create("app"));
      await server.services.disable("app");
      expect(await status(secret)).toBe(403);
      expect(await status(`${secret}x`)).toBe(401);
      await server.services.enable("app");
      expect(await status(secret)).toBe(404);
    }));

  test("deletes a service with its streams, and the server stays shut", () =>
    withServer(async (server, status) => {
      const secret = secretOf(await server.services.create("app"));
      const headers = { ...JSON_TYPE, ...bearer(secret) };
      for (let n = 0; n < 250; n++)
        await server.fetch(new Request(`http://localhost/v1/stream/app/${n}`, { method: "PUT", headers }));
      await server.services.delete("app");
      expect(await status(secret)).toBe(401);
      await expect.poll(() => server.services.list()).toEqual([]);
      expect((await server.fetch(new Request("http://localhost/v1/stream/app/1"))).status).toBe(401);
      const again = secretOf(await server.services.create("app"));
      const list = await server.fetch(
        new Request("http://localhost/v1/stream/__ds/streams", { headers: bearer(again) }),
      );
      expect(await list.json()).toEqual({ streams: [] });
    }));

  test("is told what cannot be done", () =>
    withServer(async (server) => {
      await server.services.create("app");
      expect(await server.services.create("app")).toEqual({
        kind: "rejected",
        rejection: { kind: "service-exists" },
      });
      for (const id of ["", "a/b", "__ds", "a b", "-a", "é", "a".repeat(64)])
        expect(await server.services.create(id)).toEqual({
          kind: "rejected",
          rejection: { kind: "bad-service-id" },
        });
      for (const action of ["rotate", "retire", "disable", "enable", "delete"] as const)
        expect(await server.services[action]("none")).toEqual({
          kind: "rejected",
          rejection: { kind: "no-such-service" },
        });
    }));

  test("finds everything again after a restart, and no secret on the disk", async () => {
    const directory = await mkdtemp(join(tmpdir(), "perennial-services-"));
    const open = (options = {}) =>
      createServer({ port: 0, stopGraceMs: 0, log: () => openLocalLog({ directory }), ...options });
    const before = open();
    const secret = secretOf(await before.services.create("app"));
    await before.services.create("gone");
    await before.services.delete("gone");
    await before.stop();
    for (const name of await readdir(directory, { recursive: true, withFileTypes: true }))
      if (name.isFile())
        expect((await readFile(join(name.parentPath, name.name))).includes(secret)).toBe(false);
    const after = open({ host: "0.0.0.0" });
    await after.start();
    const http = new Http(`http://127.0.0.1:${new URL(after.url).port}`);
    expect((await http.put("app/s", { headers: { ...TEXT, ...bearer(secret) } })).status).toBe(201);
    expect((await http.get("app/s")).status).toBe(401);
    await expect.poll(async () => (await after.services.list()).map(({ id }) => id)).toEqual(["app"]);
    await after.stop();
    const careless = open({ auth: false });
    await expect(careless.start()).rejects.toThrow(/has services/);
    await careless.stop();
    await rm(directory, { recursive: true });
  });

  test("where services are kept, no request reaches", () =>
    withServer(async (server) => {
      const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
        server.fetch(new Request(`http://localhost/v1/stream/${path}`, { method, headers }));
      for (const method of ["GET", "PUT", "POST", "DELETE"])
        expect((await ask(method, "__ds/services")).status).toBe(404);
      expect((await ask("PUT", "x", { "Stream-Forked-From": "/v1/stream/__ds/services" })).status).toBe(400);
      const secret = secretOf(await server.services.create("app"));
      for (const method of ["GET", "PUT", "POST", "DELETE"])
        expect([401, 404]).toContain((await ask(method, "__ds/services", bearer(secret))).status);
    }));
});
