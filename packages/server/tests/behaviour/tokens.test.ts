/** Tokens at the server: what each allows, on every route, wherever it is sent; and what becomes of live reads when they end. */
import {
  type Grant,
  mintToken,
  OPERATIONS,
  type Operation,
  signingKey,
  type TokenOptions,
} from "@perennial/tokens";
import { beforeAll, expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { JSON_TYPE, producer, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { errorKeeper } from "../support/silent-logger.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

type Ops = readonly Operation[];
type Headers = Readonly<Record<string, string>>;

interface Route {
  readonly method: string;
  /** Under the stream `app/chat/1`, unless it is a path of its own. */
  readonly path: string;
  readonly needs: Ops;
  readonly status: number;
  readonly headers?: Headers;
  readonly body?: string;
  /** Of which streams it needs that; `chat/1/**` if it says nothing. */
  readonly match?: string;
  /** Who is asked about comes with the credential: a token of another service, which may do all, gets that service's answer. */
  readonly foreign?: number;
}

const S = "/v1/stream/app/chat/1";
const FORK = { "Stream-Forked-From": S };
const ROUTES: readonly Route[] = [
  { method: "GET", path: S, needs: ["read"], status: 200 },
  { method: "GET", path: `${S}?offset=-1&live=long-poll`, needs: ["read"], status: 200 },
  { method: "HEAD", path: S, needs: ["read"], status: 200 },
  { method: "GET", path: `${S}/none`, needs: ["read"], status: 404 },
  { method: "GET", path: "/v1/stream/app/ch%61t/1", needs: ["read"], status: 200 },
  { method: "POST", path: S, needs: ["append"], status: 204, body: "x" },
  { method: "PUT", path: S, needs: ["create"], status: 200 },
  { method: "PUT", path: `${S}/fork`, needs: ["fork", "read"], status: 201, headers: FORK },
  {
    method: "POST",
    path: `${S}/fork`,
    needs: ["close", "append"],
    status: 204,
    headers: { "Stream-Closed": "true" },
    body: "x",
  },
  { method: "POST", path: `${S}/fork`, needs: ["close"], status: 204, headers: { "Stream-Closed": "true" } },
  { method: "DELETE", path: `${S}/fork`, needs: ["delete"], status: 204 },
  {
    ...{ method: "GET", path: "/v1/stream/__ds/streams?prefix=app/chat/1/" },
    ...{ needs: ["list"], status: 200, foreign: 400 },
  },
  {
    ...{ method: "GET", path: "/v1/stream/__ds/producers?path=app/chat/1" },
    ...{ needs: ["read"], status: 200, foreign: 404 },
  },
  { method: "GET", path: "/v1/stream/__ds/streams", needs: ["list"], status: 200, match: "**", foreign: 200 },
  { method: "GET", path: "/v1/stream/__ds/changes", needs: ["list"], status: 200, match: "**", foreign: 200 },
  { method: "GET", path: "/v1/stream/__ds/usage", needs: ["list"], status: 200, match: "**", foreign: 200 },
  ...control("PUT", "/s", 201, { type: "pull-wake", pattern: "app/x/*", wake_stream: "app/wakes" }, 400),
  ...control("GET", "", 200),
  ...control("GET", "/s", 200, undefined, 404),
  ...control("POST", "/s/streams", 204, { streams: ["app/chat/1"] }, 400),
  ...control("DELETE", "/s/streams/app/chat/1", 204, undefined, 400),
  ...control("POST", "/s/replay", 204, undefined, 404),
  ...control("GET", "/s/dead-letters", 200, undefined, 404),
  ...control("DELETE", "/s", 204, undefined, 204),
];

/** A route of subscriptions: who may make them may hear of all streams of the service. */
function control(method: string, path: string, status: number, body?: object, foreign = status): Route[] {
  const url = `/v1/stream/__ds/subscriptions${path}`;
  const needs: Ops = ["subscribe"];
  const route = { method, path: url, needs, status, match: "**", foreign };
  return [body === undefined ? route : { ...route, body: JSON.stringify(body), headers: JSON_TYPE }];
}
const isRead = ({ method }: Route): boolean => method === "GET" || method === "HEAD";

throughEachDoor(
  "tokens",
  (s) => {
    const secrets: Record<string, string> = {};
    beforeAll(async () => {
      for (const id of ["app", "app2"]) {
        const made = await s.open.server.services.create(id);
        if (made.kind === "rejected") throw new Error(made.rejection.kind);
        secrets[id] = made.value.secret;
        const headers = { ...TEXT, ...bearer(made.value.secret) };
        for (const path of ["chat/1", "chat/10"]) await s.http.put(`${id}/${path}`, { headers, body: id });
      }
    });
    const token = async (streams: readonly Grant[], options: Partial<TokenOptions> = {}, id = "app") =>
      mintToken(await signingKey(secrets[id]!), { service: id, streams, now: s.clock.now, ...options });
    const tokenOf = (ops: Ops, match = "chat/1/**") => token([{ match, ops }]);
    const send = async (route: Route, credential: Headers, query = "") => {
      const path = query === "" ? route.path : `${route.path}${route.path.includes("?") ? "&" : "?"}${query}`;
      const parts = { headers: { ...TEXT, ...route.headers, ...credential } };
      return s.http.send(
        route.method,
        path,
        route.body === undefined ? parts : { ...parts, body: route.body },
      );
    };
    const statusOf = async (route: Route, credential: Headers, query = "") =>
      (await send(route, credential, query)).status;

    test.each(ROUTES)("$method $path needs $needs, and each credential gets its answer", async (route) => {
      const { needs, status, match: needed = "chat/1/**", foreign: foreignStatus = 401 } = route;
      const own = await tokenOf(needs, needed);
      const expired = await token([{ match: "**", ops: needs }], { now: s.clock.now - 600_000 });
      const foreign = await token([{ match: "**", ops: [...OPERATIONS] }], {}, "app2");
      const misnamed = await mintToken(await signingKey(secrets.app2!), {
        ...{ service: "app", now: s.clock.now },
        streams: [{ match: "**", ops: [...OPERATIONS] }],
      });
      expect(await statusOf(route, {}), "none").toBe(401);
      expect(await statusOf(route, bearer(misnamed)), "another key's").toBe(401);
      expect(await statusOf(route, bearer(foreign)), "another service's").toBe(foreignStatus);
      const ended = await send(route, bearer(expired));
      expect([ended.status, ended.headers.get("WWW-Authenticate")]).toEqual([
        401,
        'Bearer error="invalid_token"',
      ]);
      for (const lacking of needs) {
        const others = await tokenOf(
          OPERATIONS.filter((op) => op !== lacking),
          needed,
        );
        expect(await statusOf(route, bearer(others)), `without ${lacking}`).toBe(403);
      }
      for (const match of ["chat/10", "chat/10/**", "chat", "*", "chat/1x/**"])
        expect(await statusOf(route, bearer(await tokenOf(needs, match))), match).toBe(403);
      const reading = await tokenOf(["read", "list"]);
      if (!isRead(route))
        expect(await statusOf(route, { ...bearer(reading), "X-HTTP-Method-Override": "GET" })).toBe(403);
      // In query and cookie, for reads only; and never beside a header.
      if (!isRead(route)) {
        expect(await statusOf(route, {}, `access_token=${own}`)).toBe(401);
        expect(await statusOf(route, { Cookie: `perennial_token=${own}` })).toBe(401);
      } else {
        for (const answer of [
          await send(route, {}, `access_token=${own}`),
          await send(route, { Cookie: `a=b; perennial_token=${own}` }),
        ])
          expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([
            status,
            status < 400 ? "private, no-store" : expect.stringContaining("no-store"),
          ]);
      }
      expect(await statusOf(route, bearer(`${own}x`), `access_token=${own}`)).toBe(401);
      expect(await statusOf(route, {}, `access_token=${own}&access_token=${own}`)).toBe(401);
      expect(await statusOf(route, {}, `access_token=${secrets.app}`)).toBe(401);
      expect(await statusOf(route, { Cookie: `perennial_token=${secrets.app}` })).toBe(401);
      expect(await statusOf(route, bearer(own)), "its own").toBe(status);
    });

    test.each(["chat%2F1", "chat/1%2F..%2F10", "chat/%2e%2e/chat/10", "chat/1%2F", "chat/1%00", "Chat/1"])(
      "no spelling leads beyond a pattern: %s",
      async (path) => {
        const credential = bearer(await tokenOf([...OPERATIONS], "chat/1"));
        for (const method of ["GET", "PUT", "POST", "DELETE"]) {
          const answer = await s.open.server.fetch(
            new Request(`http://localhost/v1/stream/app/${path}`, {
              method,
              headers: { ...TEXT, ...credential },
            }),
          );
          expect([400, 403]).toContain(answer.status);
        }
      },
    );

    test("OPTIONS asks for nothing, and a websocket gets no further than any GET", async () => {
      expect((await s.http.send("OPTIONS", S)).status).toBe(204);
      const raw = await RawSocket.open(s.open.url);
      const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
      raw.socket.write(
        `GET ${S} HTTP/1.1\r\nHost: localhost\r\n${upgrade}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
      );
      await expect.poll(() => raw.received).toMatch(/^HTTP\/1\.1 401 /);
      raw.socket.destroy();
    });

    test("appends are those of the producer that the token names", async () => {
      const credential = bearer(await token([{ match: "**", ops: ["append", "close"], producer: "u-42" }]));
      const append = async (headers: Headers) =>
        (await s.http.post("app/chat/10", { headers: { ...TEXT, ...credential, ...headers }, body: "x" }))
          .status;
      expect(await append({})).toBe(403);
      expect(await append(producer("u-4", 0, 0))).toBe(403);
      expect(await append(producer("u-42, u-42", 0, 0))).toBe(403);
      expect(await append(producer("u-42", 0, 0))).toBe(200);
    });

    test("a fork needs to read its source, whether there is one or not", async () => {
      const credential = bearer(
        await token([
          { match: "mine/**", ops: ["fork"] },
          { match: "chat/1", ops: ["read"] },
        ]),
      );
      const fork = async (source: string) =>
        (
          await s.http.put("app/mine/f", {
            headers: { ...credential, "Stream-Forked-From": `/v1/stream/${source}` },
          })
        ).status;
      expect([await fork("app/chat/10"), await fork("app/none"), await fork("app2/chat/1")]).toEqual([
        403, 403, 404,
      ]);
      expect(await fork("app/chat/1")).toBe(201);
    });

    test("a list shows what a pattern covers whole", async () => {
      const credential = bearer(await tokenOf(["list"], "chat/**"));
      const list = async (prefix: string) =>
        (await s.http.send("GET", `/v1/stream/__ds/streams${prefix}`, { headers: credential })).status;
      expect(await Promise.all(["", "?prefix=app/", "?prefix=app/c", "?prefix=app/chat"].map(list))).toEqual(
        Array(4).fill(403),
      );
      expect(await Promise.all(["?prefix=app/chat/", "?prefix=app/chat/1"].map(list))).toEqual([200, 200]);
    });

    test("what a token may use up is what it says", async () => {
      const credential = bearer(
        await token([{ match: "**", ops: ["append", "read"] }], { limits: { bytes: 3, rate: 2 } }),
      );
      const append = (body: string) =>
        s.http.post("app/chat/10", { headers: { ...TEXT, ...credential }, body });
      expect((await append("four")).status).toBe(413);
      expect((await append("3 B")).status).toBe(204);
      const answer = await append("3 B");
      expect([answer.status, answer.headers.get("Retry-After")]).toEqual([429, "1"]);
      expect(JSON.parse(answer.text)).toMatchObject({ code: "token_rate", limit: 2 });
      expect((await s.http.get("app/chat/10", "", credential)).status).toBe(200);
    });

    test("tokens end with their key, and with their service", async () => {
      const credential = bearer(await token([{ match: "**", ops: ["read"] }], {}, "app2"));
      const read = async () => (await s.http.get("app2/chat/1", "", credential)).status;
      const { services } = s.open.server;
      expect(await read()).toBe(200);
      await services.disable("app2");
      expect(await read()).toBe(403);
      await services.enable("app2");
      await services.rotate("app2");
      expect(await read()).toBe(200);
      await services.retire("app2");
      expect(await read()).toBe(401);
    });

    test("the server's own token reads and lists one service, and ends with it", async () => {
      const { services } = s.open.server;
      await services.create("app3");
      const made = await services.readToken("app3");
      if (made.kind === "rejected") throw new Error(made.rejection.kind);
      const credential = bearer(made.value);
      const read = async () => (await s.http.get("app3/none", "", credential)).status;
      const list = async (prefix: string) =>
        (await s.http.get("__ds/streams", `?prefix=${prefix}`, credential)).status;
      expect([await read(), await list("app3/")]).toEqual([404, 200]);
      expect((await s.http.put("app3/none", { headers: { ...TEXT, ...credential } })).status).toBe(403);
      expect((await s.http.get("app/chat/1", "", credential)).status).toBe(401);
      await services.rotate("app3");
      await services.retire("app3");
      expect(await read()).toBe(404);
      s.clock.now += 15 * 60_000;
      expect(await read()).toBe(401);
      s.clock.now -= 15 * 60_000;
      await services.delete("app3");
      expect(await read()).toBe(401);
      while ((await services.create("app3")).kind === "rejected");
      await services.readToken("app3");
      expect(await read()).toBe(401);
      expect(await services.readToken("none")).toMatchObject({ rejection: { kind: "no-such-service" } });
    });

    test("a long-poll is answered when its token ends", async () => {
      const brief = await token([{ match: "**", ops: ["read"] }], { expiresIn: 1 });
      const answer = await s.http.get("app/chat/1", "?offset=now&live=long-poll", bearer(brief));
      expect([answer.status, answer.headers.get("Stream-Up-To-Date")]).toEqual([204, "true"]);
    });

    test("a live read ends with its token, after a last control event, and goes on with the next", async () => {
      const brief = await token([{ match: "**", ops: ["read"] }], { expiresIn: 60 });
      const events = await EventStream.open(
        `${s.http.url("app/chat/1", "?offset=now&live=sse")}&access_token=${brief}`,
      );
      expect(events.response.headers.get("Cache-Control")).toBe("private, no-store");
      await events.until(({ raw }) => raw.includes("event: control"));
      s.clock.advance(60_000);
      await expect.poll(() => events.state, { timeout: 5000 }).toBe("ended");
      expect(events.raw.match(/event: control/g)!.length).toBeGreaterThan(1);
      const offset = /"streamNextOffset":"(\w+)"/.exec(
        events.raw.slice(events.raw.lastIndexOf("event: control")),
      )![1]!;
      expect(
        (await s.http.get("app/chat/1", `?offset=${offset}&live=sse&access_token=${brief}`)).status,
      ).toBe(401);
      const headers = { ...TEXT, ...bearer(secrets.app!) };
      await s.http.post("app/chat/1", { headers, body: "meanwhile" });
      const next = await tokenOf(["read"]);
      expect((await s.http.get("app/chat/1", `?offset=${offset}`, bearer(next))).text).toBe("meanwhile");
    });
  },
  (clock) => ({
    now: clock.read,
    // It stands still, so that a rate is what it is however slow the machine is.
    monotonicNow: () => 0,
    longPollTimeoutMs: 60_000,
    logger: errorKeeper().logger,
  }),
);

function bearer(credential: string): Headers {
  return { Authorization: `Bearer ${credential}` };
}
