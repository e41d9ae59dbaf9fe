/** Documents of a server with services: each needs rights of its own service, and no page of strangers gets in. */
import { get } from "node:http";
import { createServer } from "@perennial/server";
import { type Grant, mintToken, type Operation, signingKey } from "@perennial/tokens";
import { YjsProvider } from "@perennial/yjs";
import { encodeFrames } from "@perennial/yjs/core";
import { YjsServer } from "@perennial/yjs/server";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import * as Y from "yjs";

const QUIET = { info: () => undefined, warn: () => undefined };
const BODY = encodeFrames([Uint8Array.from([0, 0])]);
const DOC = "/v1/yjs/app/docs/notes";
const PRESENCE = `${DOC}?awareness=default`;

type Server = ReturnType<typeof createServer>;
const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });

/** A server with the services `app` and `app2`, and their secrets. */
async function guarded(compactionThreshold = 1024 * 1024) {
  const yjs = new YjsServer({ dsServer: { fetch: refused }, logger: QUIET, compactionThreshold });
  const server = createServer({ port: 0, stopGraceMs: 0, drainMs: 500, mounts: [yjs.mount] });
  await server.start();
  return { yjs, server, app: await secretOf(server, "app"), app2: await secretOf(server, "app2") };
}

function refused(): never {
  throw new Error("the server below is the one that it is mounted in");
}

async function secretOf({ services }: Server, id: string): Promise<string> {
  const made = await services.create(id);
  if (made.kind === "rejected") throw new Error(made.rejection.kind);
  return made.value.secret;
}

describe("documents on the port of a server with services", () => {
  let world: Awaited<ReturnType<typeof guarded>>;
  beforeEach(async () => {
    world = await guarded(200);
    expect(await statusOf("PUT", DOC, world.app)).toBe(201);
  });
  afterEach(async () => {
    await world.yjs.stop();
    await world.server.stop();
  });

  const ask = (method: string, target: string, credential?: string, more: Record<string, string> = {}) =>
    fetch(world.server.url + target, {
      ...{ method, redirect: "manual", headers: { ...more, ...(credential && bearer(credential)) } },
      ...(method === "POST" && { body: BODY }),
    });
  const statusOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).status;
  const token = async (ops: readonly Operation[], match = "yjs/docs/notes/**", more: Partial<Grant> = {}) =>
    mintToken(await signingKey(world.app), { service: "app", streams: [{ match, ops, ...more }] });

  test.each([
    ["GET", DOC, "read", 200],
    ["HEAD", DOC, "read", 200],
    ["GET", `${DOC}?offset=snapshot`, "read", 307],
    ["POST", DOC, "append", 204],
    ["PUT", DOC, "create", 200],
    ["GET", PRESENCE, "read", 200],
    ["POST", PRESENCE, "append", 204],
    ["PUT", PRESENCE, "create", 200],
    ["DELETE", PRESENCE, "delete", 204],
    ["DELETE", DOC, "delete", 204],
  ] as const)("%s %s needs %s", async (method, target, operation, status) => {
    const others = (["read", "append", "create", "close", "delete", "fork"] as const).filter(
      (op) => op !== operation,
    );
    expect(await statusOf(method, target)).toBe(401);
    expect(await statusOf(method, target, world.app2)).toBe(401);
    expect(await statusOf(method, target, await token(others))).toBe(403);
    for (const match of ["docs/notes/**", "yjs/docs/note/**", "yjs/docs/notes", "notes/**", "yjs"])
      expect(await statusOf(method, target, await token([operation], match)), match).toBe(403);
    expect(await statusOf(method, target, await token([operation]))).toBe(status);
  });

  it("takes no header for another right: an append that calls itself a close is one", async () => {
    const closing = { "Stream-Closed": "true" };
    expect(await statusOf("POST", DOC, await token(["close"]), closing)).toBe(403);
    expect(
      await statusOf("PUT", DOC, await token(["fork", "read"]), { "Stream-Forked-From": "/v1/stream/app/a" }),
    ).toBe(403);
  });

  it("keeps a token to its document, however the address is written", async () => {
    const credential = await token(["read", "append", "delete"], "yjs/docs/notes/.awareness/x");
    const { port } = new URL(world.server.url);
    for (const path of [
      `${DOC}?offset=-1#&awareness=x`,
      `${DOC}?awareness=x&awareness=default`,
      "/v1/yjs/app/docs/other/../notes",
      "/v1/yjs/../stream/yjs/app/docs/notes/.updates",
      "/v1/yjs/%2e%2e/stream/yjs/app/docs/notes/.updates",
      "/v1/yjs/app/docs/%2e%2e/docs/notes",
      "/v1/yjs/app2/docs/notes",
      "/v1/yjs/app%2Fdocs/notes",
      "/v1/yjs/app\\docs\\notes",
    ]) {
      const status = await new Promise((resolve) =>
        get({ host: "127.0.0.1", port, path, method: "DELETE", headers: bearer(credential) }, (answer) =>
          resolve(answer.resume().statusCode),
        ),
      );
      expect([400, 401, 403, 404], path).toContain(status);
    }
    expect(await statusOf("HEAD", DOC, world.app)).toBe(200);
  });

  it("lets nobody write beside the document: frames that are none, an end, a deletion of half of it", async () => {
    const updates = "/v1/stream/yjs/app/docs/notes/.updates";
    const all = await token(["read", "append", "create", "close", "delete", "fork"], "**");
    for (const credential of [world.app, all]) {
      expect(await statusOf("POST", updates, credential)).toBe(403);
      expect(await statusOf("POST", updates, credential, { "Stream-Closed": "true" })).toBe(403);
      for (const beside of [updates, updates.replace(".updates", ".index")]) {
        expect(await statusOf("PUT", beside, credential)).toBe(403);
        expect(await statusOf("DELETE", beside, credential)).toBe(403);
      }
    }
    expect(await statusOf("GET", updates, await token(["read"]))).toBe(200);
    expect(await statusOf("POST", DOC, all)).toBe(204);
  });

  it("says in its own form what the server refuses", async () => {
    const answer = await ask("POST", DOC);
    expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await answer.json()).toEqual({
      error: { code: "UNAUTHORIZED", message: expect.stringContaining("Authorization: Bearer") },
    });
  });

  it("has no more of a body than a token allows", async () => {
    const streams = [{ match: "**", ops: ["append"] as const }];
    const brief = await mintToken(await signingKey(world.app), {
      service: "app",
      streams,
      limits: { bytes: 1 },
    });
    expect(await statusOf("POST", DOC, brief)).toBe(413);
  });

  it("makes no more documents than the service may have streams, and opens those that are there", async () => {
    const more = "/v1/yjs/app/docs/more";
    await world.server.services.limit("app", { streams: 1 });
    await ask("GET", "/v1/stream/__ds/usage", world.app);
    expect([await statusOf("PUT", DOC, world.app), await statusOf("PUT", more, world.app)]).toEqual([
      200, 429,
    ]);
    await world.server.services.limit("app", {});
    expect(await statusOf("PUT", more, world.app)).toBe(201);
  });

  it("gives itself to no request that is not about documents", async () => {
    const { mount } = world.yjs;
    const answer = await mount.fetch(new Request("http://localhost/v1/stream/yjs/app/docs/notes/.updates"));
    expect(answer.status).toBe(400);
  });

  it("makes snapshots by itself, edits with short tokens, and goes with its service", async () => {
    const doc = new Y.Doc();
    let asked = 0;
    const provider = new YjsProvider({
      ...{ doc, baseUrl: `${world.server.url}/v1/yjs/app`, docId: "notes", connect: false },
      headers: {
        Authorization: async () => {
          asked += 1;
          return `Bearer ${await token(["read", "append", "create"])}`;
        },
      },
    });
    await provider.connect();
    doc.getText("text").insert(0, "x".repeat(1000));
    await provider.flush();
    provider.destroy();
    await world.yjs.compactor.idle();
    expect(asked).toBeGreaterThan(1);
    const snapshot = await ask("GET", `${DOC}?offset=snapshot`, await token(["read"]));
    expect(snapshot.headers.get("Location")).toContain("_snapshot");
    const listed = await ask("GET", "/v1/stream/__ds/streams?prefix=yjs/app/", world.app);
    expect((await listed.json()).streams.length).toBeGreaterThan(2);
    expect(await statusOf("GET", "/v1/stream/__ds/streams?prefix=yjs/app/", world.app2)).toBe(400);
    expect(await statusOf("GET", "/v1/stream/yjs/app/docs/notes/.updates", world.app2)).toBe(401);
    await world.server.services.delete("app");
    await expect.poll(async () => (await world.server.services.list()).map(({ id }) => id)).toEqual(["app2"]);
    world.app = await secretOf(world.server, "app");
    expect(await statusOf("HEAD", DOC, world.app)).toBe(404);
  });
});

describe("a Yjs server on a port of its own", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  async function started(options: Partial<ConstructorParameters<typeof YjsServer>[0]> = {}) {
    const server = createServer();
    const yjs = new YjsServer({ dsServer: server, logger: QUIET, ...options });
    stops.push(
      () => server.stop(),
      () => yjs.stop(),
    );
    return yjs.start();
  }
  const from = (url: string, headers: Record<string, string>) =>
    new Promise<[number | undefined, string | undefined]>((resolve) =>
      get(`${url}/v1/yjs/a/docs/b`, { headers }, (answer) =>
        resolve([answer.resume().statusCode, answer.headers["access-control-allow-origin"]]),
      ),
    );

  it("answers pages of this machine, and no others", async () => {
    const url = await started();
    expect(await from(url, { Origin: "http://localhost:3000" })).toEqual([404, "http://localhost:3000"]);
    expect(await from(url, { Origin: "https://evil.example" })).toEqual([403, undefined]);
    expect(await from(url, { Host: "evil.example" })).toEqual([421, undefined]);
    expect(await from(url, { "Sec-Fetch-Site": "cross-site" })).toEqual([403, undefined]);
  });

  it("lets in who is named, and with auth: false all", async () => {
    const named = await started({ corsOrigin: "https://app.example", publicUrl: "https://docs.example" });
    expect(await from(named, { Origin: "https://app.example", Host: "docs.example" })).toEqual([
      404,
      "https://app.example",
    ]);
    expect(await from(await started({ auth: false }), { Origin: "https://a.example", Host: "b" })).toEqual([
      404,
      "*",
    ]);
    expect(() => new YjsServer({ dsServer: createServer(), corsOrigin: "app.example" })).toThrow(
      /corsOrigin must be/,
    );
  });

  it("is not opened to other machines by mistake", async () => {
    await expect(started({ host: "0.0.0.0" })).rejects.toThrow(/other machines read and write all documents/);
    await started({ host: "0.0.0.0", auth: false });
  });

  it("passes on what clients show of themselves, and makes snapshots with a secret of its own", async () => {
    const server = createServer({ port: 0, stopGraceMs: 0, drainMs: 500 });
    await server.start();
    const app = await secretOf(server, "app");
    const yjs = new YjsServer({
      ...{
        dsServerUrl: server.url,
        clientAuth: true,
        logger: QUIET,
        compactionThreshold: 200,
        host: "0.0.0.0",
      },
      dsServerHeaders: bearer(app),
    });
    const { port } = new URL(await yjs.start());
    stops.push(
      () => server.stop(),
      () => yjs.stop(),
    );
    const url = `http://127.0.0.1:${port}${DOC}`;
    const ask = async (
      method: string,
      headers: Record<string, string>,
      query = "",
      body?: Uint8Array<ArrayBuffer>,
    ) => fetch(url + query, { method, headers, redirect: "manual", ...(body && { body }) });
    const streams = [{ match: "yjs/docs/notes/**", ops: ["read", "append"] as const }];
    const token = await mintToken(await signingKey(app), { service: "app", streams });
    expect((await ask("PUT", {})).status).toBe(401);
    expect((await ask("PUT", bearer(token))).status).toBe(403);
    expect((await ask("PUT", bearer(app))).status).toBe(201);
    const doc = new Y.Doc();
    doc.getText("text").insert(0, "x".repeat(1000));
    const update = encodeFrames([Y.encodeStateAsUpdate(doc)]);
    expect((await ask("POST", bearer(token), "", update)).status).toBe(204);
    expect((await ask("POST", {}, `?access_token=${token}`, update)).status).toBe(401);
    expect((await ask("GET", {}, `?access_token=${token}&offset=-1`)).status).toBe(200);
    expect((await ask("GET", {}, `?access_token=${app}&offset=-1`)).status).toBe(401);
    await yjs.compactor.idle();
    const snapshot = await ask("GET", bearer(token), "?offset=snapshot");
    expect(snapshot.headers.get("location")).toContain("_snapshot");
  });
});
