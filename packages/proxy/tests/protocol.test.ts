/** The proxy's protocol, request by request: what is asked, in which order, and what is answered. */
import { createHmac } from "node:crypto";
import { generateCreateToken, generatePreSignedUrl } from "@perennial/proxy";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gate, WORDS } from "./support/model-server.ts";
import { read, SECRET, World } from "./support/world.ts";

const AUTHORIZED = { authorization: `Bearer ${SECRET}` };
const UNKNOWN = "00000000-0000-4000-8000-000000000000";
let world: World;

beforeAll(async () => {
  world = await World.start();
  world.model.on("/text", (response) => void response.end("0123456789"));
  world.model.on("/redirect", (response) => void response.writeHead(302, { location: "/text" }).end());
  world.model.on("/broken", (response) => {
    response.writeHead(503, { "content-type": "application/json" }).end('{"no":"room"}');
  });
  world.model.on("/long-refusal", (response) => void response.writeHead(500).end("x".repeat(100_000)));
});
afterAll(() => world.stop());
beforeEach(() => world.model.reset());

async function codeOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.message).not.toBe("");
  return [response.status, error.code];
}

describe("creating", () => {
  const url = () => `${world.model.url}/text`;
  it.each([
    ["no secret", {}, [401, "MISSING_SECRET"]],
    ["a wrong secret", { authorization: "Bearer wrong" }, [401, "INVALID_SECRET"]],
    ["no URL", AUTHORIZED, [400, "MISSING_UPSTREAM_URL"]],
    ["no method", { ...AUTHORIZED, "upstream-url": "URL" }, [400, "MISSING_UPSTREAM_METHOD"]],
    [
      "a method that is none",
      { ...AUTHORIZED, "upstream-url": "URL", "upstream-method": "TRACE" },
      [400, "INVALID_UPSTREAM_METHOD"],
    ],
    [
      "an address that is none",
      { ...AUTHORIZED, "upstream-url": "here", "upstream-method": "GET" },
      [403, "UPSTREAM_NOT_ALLOWED"],
    ],
    [
      "another scheme",
      { ...AUTHORIZED, "upstream-url": "file:///etc/passwd", "upstream-method": "GET" },
      [403, "UPSTREAM_NOT_ALLOWED"],
    ],
    [
      "an address that is not allowed",
      { ...AUTHORIZED, "upstream-url": "https://example.com/", "upstream-method": "GET" },
      [403, "UPSTREAM_NOT_ALLOWED"],
    ],
  ] as const)("with %s is refused", async (_name, headers: Record<string, string>, expected) => {
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace("URL", url())]),
    );
    expect(await codeOf(await world.ask("POST", "", { headers: sent }))).toEqual(expected);
    expect(world.model.calls).toBe(0);
  });

  it("answers with a signed URL before the upstream has said all", async () => {
    const { pace, open } = gate(1);
    world.model.pace = pace;
    const response = await world.create(
      "/v1/chat/completions",
      { "upstream-method": "post" },
      { body: '{"stream":true}' },
    );
    expect(response.status).toBe(201);
    expect(await response.text()).toBe("");
    expect(response.headers.get("upstream-content-type")).toBe("text/event-stream; charset=utf-8");
    const location = new URL(response.headers.get("location")!);
    const [, id] = /^\/v1\/proxy\/([0-9a-f-]{36})$/.exec(location.pathname)!;
    const expires = location.searchParams.get("expires")!;
    const signature = createHmac("sha256", SECRET).update(`${id}:${expires}`).digest("base64url");
    expect(location.searchParams.get("signature")).toBe(signature);
    expect(Number(expires)).toBeGreaterThan(Date.now() / 1000 + 86_000);
    open();
    expect((await world.whole(location)).toString()).toContain("[DONE]");
  });

  it("takes the secret of the query, the path with a slash, and a token for creating", async () => {
    const headers = { "upstream-url": url(), "upstream-method": "GET" };
    expect((await world.ask("POST", `/?secret=${SECRET}`, { headers })).status).toBe(201);
    const token = generateCreateToken(SECRET, Math.ceil(Date.now() / 1000) + 60);
    const withToken = { ...headers, authorization: `bearer ${token}` };
    expect((await world.ask("POST", "", { headers: withToken })).status).toBe(201);
    const late = generateCreateToken(SECRET, Math.floor(Date.now() / 1000) - 1);
    const withLate = { ...headers, authorization: `Bearer ${late}` };
    expect(await codeOf(await world.ask("POST", "", { headers: withLate }))).toEqual([401, "INVALID_SECRET"]);
  });

  it("follows no redirect", async () => {
    expect(await codeOf(await world.create("/redirect"))).toEqual([400, "REDIRECT_NOT_ALLOWED"]);
    expect(world.model.calls).toBe(1);
  });

  it("passes on what an upstream refuses, its first 64 KiB, and creates nothing", async () => {
    const response = await world.create("/broken");
    expect(response.status).toBe(502);
    expect(response.headers.get("upstream-status")).toBe("503");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("location")).toBeNull();
    expect(await response.text()).toBe('{"no":"room"}');
    const long = await world.create("/long-refusal");
    expect(long.headers.get("content-type")).toBe("text/plain");
    expect(await long.text()).toBe("x".repeat(65_536));
  });

  it("says that an upstream cannot be reached, without a status of its", async () => {
    const response = await world.create("", { "upstream-url": "http://localhost:1/" });
    expect(response.headers.get("upstream-status")).toBeNull();
    expect(await codeOf(response)).toEqual([502, "UPSTREAM_ERROR"]);
  });

  it("gives the upstream its own headers and body, and none of the way here", async () => {
    world.model.on("/echo", (response, asked) => void response.end(JSON.stringify(asked)));
    const headers = {
      ...{ "upstream-method": "PUT", "upstream-authorization": "Bearer of-the-model", "x-custom": "kept" },
      ...{ cookie: "session=1", "x-forwarded-for": "10.0.0.1", "content-type": "text/x" },
    };
    const echoed = JSON.parse(
      (await world.whole(await world.created("/echo", headers, { body: "ü" }))).toString(),
    );
    expect(echoed).toMatchObject({ method: "PUT", body: "ü" });
    expect(echoed.headers).toMatchObject({
      ...{ authorization: "Bearer of-the-model", "x-custom": "kept", "content-type": "text/x" },
      host: new URL(world.model.url).host,
    });
    for (const name of [
      "cookie",
      "x-forwarded-for",
      "upstream-url",
      "upstream-method",
      "upstream-authorization",
    ])
      expect(echoed.headers).not.toHaveProperty(name);
  });
});

describe("reading", () => {
  it("begins at any offset, in any mode, any number of times", async () => {
    const url = await world.created("/text");
    for (let time = 0; time < 2; time++) expect((await world.whole(url)).toString()).toBe("0123456789");
    const first = await fetch(read(url, { offset: "-1" }));
    expect(first.headers.get("content-type")).toBe("application/octet-stream");
    const end = first.headers.get("stream-next-offset")!;
    const rest = await fetch(read(url, { offset: end }));
    expect([rest.status, await rest.text()]).toEqual([200, ""]);
    const events = await (await fetch(read(url, { offset: "-1", live: "sse" }))).text();
    expect(events).toContain(Buffer.from("0123456789").toString("base64"));
    expect(events).toContain('"streamClosed":true');
  });

  it("takes the service's secret as well, and says so to no cache", async () => {
    const { pathname } = await world.created("/text");
    const path = pathname.slice("/v1/proxy".length);
    const response = await world.ask("GET", path, { headers: AUTHORIZED });
    expect(await response.text()).toBe("0123456789");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect((await world.ask("GET", `${path}?secret=${SECRET}`)).status).toBe(200);
  });

  it("is refused with a signature that is late, wrong, of another stream, or none", async () => {
    const url = await world.created("/text");
    const other = await world.created("/text");
    const path = url.pathname.slice("/v1/proxy".length);
    expect(await codeOf(await world.ask("GET", path))).toEqual([401, "MISSING_SECRET"]);
    expect(await codeOf(await fetch(read(url, { signature: "wrong" })))).toEqual([401, "SIGNATURE_INVALID"]);
    expect(await codeOf(await fetch(read(url, { expires: "1" })))).toEqual([401, "SIGNATURE_EXPIRED"]);
    expect(await codeOf(await fetch(read(url, { expires: "soon" })))).toEqual([401, "SIGNATURE_EXPIRED"]);
    const mixed = `${world.proxyUrl}${path}${other.search}`;
    expect(await codeOf(await fetch(mixed))).toEqual([401, "SIGNATURE_INVALID"]);
    // Both are there and wrong: the secret does not help.
    expect((await fetch(read(url, { signature: "wrong" }), { headers: AUTHORIZED })).status).toBe(401);
    const late = generatePreSignedUrl(
      world.proxies[0]!.url,
      path.slice(1),
      SECRET,
      Math.floor(Date.now() / 1000) - 2,
    );
    expect(await codeOf(await fetch(late))).toEqual([401, "SIGNATURE_EXPIRED"]);
  });

  it("passes on what is wrong with an offset", async () => {
    expect((await fetch(read(await world.created("/text"), { offset: "none" }))).status).toBe(400);
  });
});

describe("aborting, deleting, looking", () => {
  it("aborts for whoever has the URL, again and again, and keeps what there was", async () => {
    const { pace } = gate(3);
    world.model.pace = pace;
    const url = await world.created(
      "/v1/chat/completions",
      { "upstream-method": "POST" },
      { body: '{"stream":true}' },
    );
    await expect.poll(async () => (await fetch(url)).text()).toContain(" never");
    const path = url.pathname.slice("/v1/proxy".length);
    const abort = (to: URL, init: RequestInit = {}) => fetch(to, { method: "PATCH", ...init });
    expect(await codeOf(await world.ask("PATCH", `${path}?action=abort`, { headers: AUTHORIZED }))).toEqual([
      401,
      "MISSING_SIGNATURE",
    ]);
    expect(await codeOf(await abort(read(url, { action: "pause" })))).toEqual([400, "INVALID_ACTION"]);
    for (let time = 0; time < 3; time++)
      expect((await abort(read(url, { action: "abort" }))).status).toBe(204);
    await expect.poll(() => world.model.dropped).toBe(1);
    const response = await fetch(url);
    expect(response.headers.get("stream-closed")).toBe("true");
    expect(response.headers.get("upstream-outcome")).toBe("aborted");
    expect(await response.text()).toContain(" never");
  });

  it("answers 204 to an abort of what there is not", async () => {
    const expires = Math.floor(Date.now() / 1000) + 60;
    const url = new URL(generatePreSignedUrl(world.proxies[0]!.url, UNKNOWN, SECRET, expires));
    expect((await fetch(read(url, { action: "abort" }), { method: "PATCH" })).status).toBe(204);
  });

  it("deletes, which ends the request to the upstream", async () => {
    world.model.pace = gate(3).pace;
    const url = await world.created("/v1/messages", { "upstream-method": "POST" });
    const path = url.pathname.slice("/v1/proxy".length);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(401);
    expect((await world.ask("DELETE", path, { headers: AUTHORIZED })).status).toBe(204);
    expect((await world.ask("DELETE", path, { headers: AUTHORIZED })).status).toBe(204);
    await expect.poll(() => world.model.dropped).toBe(1);
    expect(await codeOf(await fetch(url))).toEqual([404, "STREAM_NOT_FOUND"]);
  });

  it("tells how far a stream is", async () => {
    const url = await world.created("/text");
    await world.whole(url);
    const path = url.pathname.slice("/v1/proxy".length);
    const response = await world.ask("HEAD", path, { headers: AUTHORIZED });
    expect(response.status).toBe(200);
    expect(response.headers.get("stream-next-offset")).toMatch(/10$/);
    expect(response.headers.get("stream-closed")).toBe("true");
    expect(response.headers.get("upstream-outcome")).toBe("complete");
    expect((await world.ask("HEAD", path)).status).toBe(401);
    expect((await world.ask("HEAD", `/${UNKNOWN}`, { headers: AUTHORIZED })).status).toBe(404);
  });

  it("answers elsewhere that there is nothing, that it is well, and to pages what they may send", async () => {
    const { origin } = new URL(world.proxyUrl);
    expect(await codeOf(await fetch(`${origin}/elsewhere`))).toEqual([404, "NOT_FOUND"]);
    expect(await (await fetch(`${origin}/health`)).json()).toEqual({ status: "ok" });
    const options = await fetch(`${origin}/anything`, { method: "OPTIONS" });
    expect(options.status).toBe(204);
    expect(options.headers.get("access-control-allow-origin")).toBe("*");
    expect(options.headers.get("access-control-allow-headers")).toContain("Upstream-URL");
  });
});

it("all of it embedded, without a port", async () => {
  const { createProxyHandler } = await import("@perennial/proxy");
  const proxy = createProxyHandler({
    dsServer: world.streams,
    jwtSecret: SECRET,
    allowlist: ["http://localhost:*/**"],
  });
  const request = new Request("https://app.test/v1/proxy", {
    method: "POST",
    headers: { ...AUTHORIZED, "upstream-url": `${world.model.url}/v1/messages`, "upstream-method": "POST" },
  });
  const created = await proxy.fetch(request);
  const location = created.headers.get("location")!;
  expect(location).toMatch(/^https:\/\/app\.test\/v1\/proxy\//);
  const live = await proxy.fetch(new Request(`${location}&offset=-1&live=sse`));
  const events = await live.text();
  const bytes = [...events.matchAll(/^data: ?([A-Za-z0-9+/=]+)$/gm)].map(([, data]) =>
    Buffer.from(data!, "base64"),
  );
  for (const word of WORDS) expect(Buffer.concat(bytes).toString()).toContain(word);
  await proxy.stop();
});
