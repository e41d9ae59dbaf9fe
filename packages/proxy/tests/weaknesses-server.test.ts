/** What users of the official proxy suffer from, row by row: none of it happens here. Those of its client are in weaknesses-client.test.ts. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import {
  createProxyHandler,
  type Finished,
  generateCreateToken,
  generatePreSignedUrl,
  type ProxyServerOptions,
} from "@perennial/proxy";
import { createServer } from "@perennial/server";
import { afterEach, expect, it } from "vitest";
import { gate, WORDS } from "./support/model-server.ts";
import { read, SECRET, World } from "./support/world.ts";

const AUTHORIZED = { authorization: `Bearer ${SECRET}` };
const POST = { "upstream-method": "POST" };
let world: World;
afterEach(() => world.stop());

async function start(options: Partial<ProxyServerOptions> = {}): Promise<World> {
  world = await World.start(options);
  world.model.on("/text", (response) => void response.end("0123456789"));
  world.model.on("/silent", (response) => void response.write("something, and then nothing"));
  world.model.on("/endless", (response) => endless(response));
  return world;
}

/** Writes for as long as somebody takes it. */
function endless(response: NodeJS.WritableStream & { readonly destroyed?: boolean }): void {
  const more = (): void => {
    while (!response.destroyed && response.write("x".repeat(10_000)));
  };
  response.on("drain", more);
  more();
}

function pathOf(url: URL): string {
  return url.pathname.slice("/v1/proxy".length);
}

async function outcomeOf(url: URL): Promise<string | null> {
  await expect.poll(async () => (await fetch(url)).headers.get("stream-closed")).toBe("true");
  return (await fetch(url)).headers.get("upstream-outcome");
}

it("X1: headers of the protocol and of caches reach readers, so that a live one gets the upstream's bytes", async () => {
  await start();
  const response = await world.durableFetch()(`${world.model.url}/v1/messages`);
  for (const word of WORDS) expect(await response.clone().text()).toContain(word);
  const url = await world.created("/text");
  await world.whole(url);
  const live = await fetch(read(url, { offset: "-1", live: "sse" }));
  expect(live.headers.get("stream-sse-data-encoding")).toBe("base64");
  expect(live.headers.get("access-control-expose-headers")).toMatch(/Stream-SSE-Data-Encoding/i);
  await live.body?.cancel();
  const once = await fetch(read(url, { offset: "-1" }));
  expect(once.headers.get("etag")).not.toBeNull();
  expect(once.headers.get("cache-control")).toMatch(/max-age/);
  world.model.pace = gate(1).pace;
  const open = await world.created("/v1/messages", POST);
  const polled = await fetch(read(open, { offset: "-1", live: "long-poll" }));
  expect(polled.headers.get("stream-cursor")).toMatch(/^\d+$/);
});

it("X5: a request line or a host that is none ends no process", async () => {
  await start();
  const { port } = new URL(world.proxyUrl);
  for (const lines of [
    "GET // HTTP/1.1\r\nHost: x",
    "GET / HTTP/1.1\r\nHost: a b[",
    "GET http://[ HTTP/1.1\r\nHost: x",
  ]) {
    const socket = connect(Number(port), "127.0.0.1");
    socket.end(`${lines}\r\nConnection: close\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 40[04] /);
  }
  expect((await fetch(new URL("/health", world.proxyUrl))).status).toBe(200);
});

it("X6: a path that is no id of ours leads to no other stream", async () => {
  await start();
  await fetch(`${world.streams.url}/v1/stream/other`, { method: "PUT", body: "another's" });
  for (const path of ["/..%2Fother", "/..%2F..%2Fstream%2Fother", "/%zz", "/other", `/${"a".repeat(36)}`]) {
    const response = await world.ask("GET", path, { headers: AUTHORIZED });
    expect([response.status, (await response.json()).error.code]).toEqual([404, "STREAM_NOT_FOUND"]);
    expect((await world.ask("DELETE", path, { headers: AUTHORIZED })).status).toBe(204);
  }
  expect(await (await fetch(`${world.streams.url}/v1/stream/other`)).text()).toBe("another's");
});

it.each([204, 205, 200])("X7: an answer of %i without a body ends at once", async (status) => {
  await start();
  world.model.on("/nothing", (response) => void response.writeHead(status).end());
  const url = await world.created("/nothing");
  expect((await world.whole(url)).length).toBe(0);
  expect(await outcomeOf(url)).toBe("complete");
});

it("X8: an answer that breaks off, or falls silent, does not look like one that is whole", async () => {
  await start({ inactivityTimeoutMs: 300 });
  let breakOff!: () => void;
  world.model.on("/breaks", (response) => {
    response.write("half an ans");
    breakOff = () => response.destroy();
  });
  const broken = await world.created("/breaks");
  await expect.poll(async () => (await fetch(broken)).text()).toBe("half an ans");
  breakOff();
  expect(await outcomeOf(broken)).toBe("failed");
  expect((await world.whole(broken)).toString()).toBe("half an ans");
  const silent = await world.created("/silent");
  expect(await outcomeOf(silent)).toBe("timeout");
  expect((await world.whole(silent)).toString()).toBe("something, and then nothing");
  await expect.poll(() => world.model.dropped).toBe(2);
});

it("X9: an abort keeps all that had come, and always closes, with a reason", async () => {
  await start({ flushMs: 10_000 });
  for (let time = 0; time < 5; time++) {
    const { pace } = gate(4);
    world.model.pace = pace;
    const url = await world.created("/v1/messages", POST);
    await delay(time * 4);
    await fetch(read(url, { action: "abort" }), { method: "PATCH" });
    const response = await fetch(url);
    expect(response.headers.get("stream-closed")).toBe("true");
    expect(response.headers.get("upstream-outcome")).toBe("aborted");
  }
});

it("X10: a small piece before a pause can be read during the pause", async () => {
  await start();
  const { pace, open } = gate(5);
  world.model.pace = pace;
  const url = await world.created("/v1/messages", POST);
  await expect.poll(async () => (await fetch(url)).text()).toContain(WORDS[4]);
  open();
});

it("X11: answers, requests, and how many there are at once have limits", async () => {
  await start({
    maxResponseBytes: 25_000,
    maxRequestBytes: 1_000,
    requestBudgetBytes: 1_500,
    maxConcurrent: 2,
  });
  const url = await world.created("/endless");
  expect(await outcomeOf(url)).toBe("too-large");
  expect((await world.whole(url)).length).toBe(25_000);
  await expect.poll(() => world.model.dropped).toBe(1);
  const long = await world.create("/text", POST, { body: "x".repeat(1_001) });
  expect([long.status, (await long.json()).error.code]).toEqual([413, "REQUEST_TOO_LARGE"]);
  world.model.on("/waits", () => undefined);
  const waiting = [1, 2].map(() => world.create("/waits", POST, { body: "x".repeat(700) }));
  await expect.poll(() => world.model.asked.filter(({ path }) => path === "/waits").length).toBe(2);
  const third = await world.create("/text", POST, { body: "x" });
  expect([third.status, (await third.json()).error.code]).toEqual([429, "TOO_MANY_REQUESTS"]);
  const heavy = await world.create("/text", POST, { body: "x".repeat(700) });
  expect([heavy.status, (await heavy.json()).error.code]).toEqual([503, "UNAVAILABLE"]);
  await Promise.allSettled([world.stop(), ...waiting]);
  await start();
});

it("X12: after a restart, and in another process, content types are known and nothing stays open", async () => {
  await start({ leaseSeconds: 1 });
  world.model.pace = gate(3).pace;
  const url = await world.created("/v1/messages", POST);
  const other = await world.another({ leaseSeconds: 1 });
  const there = new URL(url.pathname + url.search, other.url);
  expect((await fetch(there)).headers.get("upstream-content-type")).toBe("text/event-stream; charset=utf-8");
  await world.proxies[0]!.stop();
  expect(await outcomeOf(there)).toBe("interrupted");
});

it("X13: what the server below says is told alike for all methods", async () => {
  await start();
  const unknown = "00000000-0000-4000-8000-000000000000";
  const url = new URL(generatePreSignedUrl(world.proxies[0]!.url, unknown, SECRET, 9_999_999_999));
  const missing = await fetch(url);
  expect([missing.status, (await missing.json()).error.code]).toEqual([404, "STREAM_NOT_FOUND"]);
  expect((await world.ask("HEAD", `/${unknown}`, { headers: AUTHORIZED })).status).toBe(404);
  // A server below that fails at everything, or takes the proxy for a stranger.
  let status = 500;
  const dsServer = { fetch: async () => new Response("no", { status }) };
  const proxy = createProxyHandler({ dsServer, jwtSecret: SECRET, logger: { info() {}, warn() {} } });
  const address = `http://proxy.test/v1/proxy/${unknown}`;
  for (status of [500, 401, 403])
    expect((await proxy.fetch(new Request(address, { headers: AUTHORIZED }))).status).toBe(502);
  for (const method of ["HEAD", "DELETE"])
    expect((await proxy.fetch(new Request(address, { method, headers: AUTHORIZED }))).status).toBe(502);
  await proxy.stop();
  const whole = await world.created("/text");
  await world.whole(whole);
  const head = await world.ask("HEAD", pathOf(whole), { headers: AUTHORIZED });
  expect(head.headers.get("stream-closed")).toBe("true");
});

it("whoever leaves a response in the middle ends it for nobody else", async () => {
  await start();
  const { pace, open } = gate(3);
  world.model.pace = pace;
  const allowlist = ["http://localhost:*/**"];
  const handler = createProxyHandler({ dsServer: world.streams, jwtSecret: SECRET, allowlist });
  const ask = async (signal: AbortSignal | null): Promise<Response> =>
    handler.fetch(
      new Request(`http://proxy.test/v1/proxy/${world.model.url}/v1/chat/completions`, {
        method: "POST",
        headers: {
          "stream-proxy-token": SECRET,
          "idempotency-key": "left",
          "content-type": "application/json",
        },
        body: JSON.stringify({ stream: true, messages: [] }),
        signal,
      }),
    );
  const leaving = new AbortController();
  const reader = (await ask(leaving.signal)).body!.getReader();
  await reader.read();
  // It waits for the next piece, and its body is not cancelled: all that is known of its leaving is the signal.
  const waiting = (async () => {
    while (!(await reader.read()).done);
  })();
  leaving.abort(new Error("left"));
  await expect(waiting).rejects.toThrow();
  const again = await ask(null);
  open();
  const text = await again.text();
  for (const word of WORDS) expect(text).toContain(JSON.stringify(word).slice(1, -1));
  await handler.stop();
});

it("X14: cursors and conditions go down to the server", async () => {
  const asked: Request[] = [];
  const noted = (request: Request): Request => {
    asked.push(request);
    return request;
  };
  const streams = createServer();
  const dsServer = { fetch: (request: Request) => streams.fetch(noted(request)) };
  await start({ dsServer, durableStreamsUrl: undefined });
  const url = await world.created("/text");
  await world.whole(url);
  const first = await fetch(read(url, { offset: "-1", cursor: "17" }));
  expect(asked.some((request) => new URL(request.url).searchParams.get("cursor") === "17")).toBe(true);
  const headers = { "if-none-match": first.headers.get("etag")! };
  expect((await fetch(read(url, { offset: "-1" }), { headers })).status).toBe(304);
  await streams.stop();
});

it("X15: a reader that leaves ends the read below, and holds up nobody", async () => {
  await start();
  const { pace, open } = gate(2);
  world.model.pace = pace;
  const url = await world.created("/v1/messages", POST);
  const leaving = new AbortController();
  const live = await fetch(read(url, { offset: "-1", live: "sse" }), { signal: leaving.signal });
  await live.body!.getReader().read();
  await expect.poll(() => world.streams.metrics().liveReaders).toBe(1);
  leaving.abort();
  await expect.poll(() => world.streams.metrics().liveReaders).toBe(0);
  open();
  expect((await world.whole(url)).toString()).toContain(WORDS.at(-1));
  // One that takes nothing of a long answer.
  world.model.on("/long", (response) => void response.end("x".repeat(4_000_000)));
  const long = await world.created("/long");
  const stuck = await fetch(read(long, { offset: "-1", live: "sse" }));
  expect((await world.whole(long)).length).toBe(4_000_000);
  await stuck.body?.cancel();
});

it("X18: browsers get tokens that expire and create only, keys are apart and can be replaced, and no query is needed", async () => {
  await start({
    ...{ jwtSecret: "new", serviceSecrets: ["old"], signingSecrets: ["sign-new", "sign-old"] },
    querySecret: false,
  });
  const withBearer = (token: string) => ({ authorization: `Bearer ${token}` });
  for (const secret of ["new", "old"])
    expect((await world.create("/text", withBearer(secret))).status).toBe(201);
  for (const wrong of ["sign-new", "other"])
    expect((await world.create("/text", withBearer(wrong))).status).toBe(401);
  const token = generateCreateToken("new", Math.ceil(Date.now() / 1000) + 60);
  const url = await world.created("/text", withBearer(token));
  expect((await world.ask("GET", pathOf(url), { headers: withBearer(token) })).status).toBe(401);
  expect((await world.ask("DELETE", pathOf(url), { headers: withBearer(token) })).status).toBe(401);
  const id = pathOf(url).slice(1);
  const signed = (secret: string) => generatePreSignedUrl(world.proxies[0]!.url, id, secret, 9_999_999_999);
  for (const [secret, status] of [
    ["sign-new", 200],
    ["sign-old", 200],
    ["new", 401],
  ] as const)
    expect((await fetch(signed(secret))).status).toBe(status);
  const headers = { "upstream-url": `${world.model.url}/text`, "upstream-method": "GET" };
  expect((await world.ask("POST", "?secret=new", { headers })).status).toBe(401);
});

it("X19: read URLs begin with what was said, not with what a request claims", async () => {
  await start();
  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "elsewhere.test" };
  expect((await world.created("/text", forwarded)).origin).toBe(new URL(world.proxyUrl).origin);
  const told = await world.another({ publicUrl: "https://public.test/below/" });
  const trusting = await world.another({ trustProxy: true });
  const headers = {
    ...AUTHORIZED,
    ...forwarded,
    "upstream-url": `${world.model.url}/text`,
    "upstream-method": "GET",
  };
  const locationAt = async (origin: string) =>
    (await fetch(`${origin}/v1/proxy`, { method: "POST", headers })).headers.get("location");
  expect(await locationAt(told.url)).toMatch(/^https:\/\/public\.test\/below\/v1\/proxy\//);
  expect(await locationAt(trusting.url)).toMatch(/^https:\/\/elsewhere\.test\/v1\/proxy\//);
});

it("X20: pages may send what upstreams need, from where they may", async () => {
  await start({ corsOrigin: "https://app.test" });
  const headers = {
    "access-control-request-headers": "x-api-key, anthropic-version",
    origin: "https://app.test",
  };
  const options = await world.ask("OPTIONS", "", { headers });
  expect(options.headers.get("access-control-allow-headers")).toMatch(/x-api-key, anthropic-version/);
  expect(options.headers.get("access-control-allow-origin")).toBe("https://app.test");
  expect(options.headers.get("access-control-max-age")).toBe("86400");
  const refused = await world.ask("POST");
  expect(refused.headers.get("access-control-allow-origin")).toBe("https://app.test");
});

it("X22: cookies and the like stay here, unless they are let through", async () => {
  await start({ forwardHeaders: ["Cookie"] });
  world.model.on("/echo", (response, asked) => void response.end(JSON.stringify(asked.headers)));
  const sent = {
    cookie: "a=1",
    origin: "https://app.test",
    "x-forwarded-for": "10.0.0.1",
    referer: "https://app.test/x",
  };
  const seen = JSON.parse((await world.whole(await world.created("/echo", sent))).toString());
  expect(seen.cookie).toBe("a=1");
  for (const name of ["origin", "x-forwarded-for", "referer"]) expect(seen).not.toHaveProperty(name);
});

it("X23: the port is the real one, it speaks TLS, and it is a handler for other servers", async () => {
  await start();
  expect(Number(new URL(world.proxies[0]!.url).port)).toBeGreaterThan(0);
  const [cert, key] = ["cert", "key"].map((name) =>
    readFileSync(new URL(`../../server/tests/fixtures/tls-${name}.pem`, import.meta.url), "utf8"),
  ) as [string, string];
  const { url } = await world.another({ tls: { cert, key } });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/health`, { rejectUnauthorized: false }, resolve).once("error", reject);
  });
  expect([new URL(url).protocol, response.statusCode]).toEqual(["https:", 200]);
  response.destroy();
  const handler = createProxyHandler({ dsServer: world.streams, jwtSecret: SECRET });
  expect((await handler.fetch(new Request("http://proxy.test/health"))).status).toBe(200);
  await handler.stop();
});

it("keeps a page that an upstream sends from being one here, and the query of an address to the upstream", async () => {
  await start();
  world.model.on("/page", (response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<script>1</script>");
  });
  const address = `/${world.model.url}/page?secret=${SECRET}`;
  expect((await world.ask("GET", address)).status).toBe(401);
  const response = await world.ask("GET", address, { headers: { "stream-proxy-token": SECRET } });
  expect(response.headers.get("content-security-policy")).toMatch(/^sandbox/);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  await response.body?.cancel();
});

it("X26: a connection that is refused at first is tried again, and whoever fetches is told of each end", async () => {
  const finished: Finished[] = [];
  await start({ onFinished: (each) => finished.push(each) });
  const { port } = new URL(world.model.url);
  const { createServer: createHttp } = await import("node:http");
  const late = createHttp((_request, response) => response.end("late"));
  await new Promise<void>((resolve) => late.listen(0, "127.0.0.1", resolve));
  const address = late.address() as { port: number };
  await new Promise((resolve) => late.close(resolve));
  const creating = world.create("", { "upstream-url": `http://localhost:${address.port}/` });
  await delay(50);
  await new Promise<void>((resolve) => late.listen(address.port, "127.0.0.1", resolve));
  const response = await creating;
  expect(response.status).toBe(201);
  await expect.poll(() => finished).toMatchObject([{ outcome: "complete", bytes: 4 }]);
  expect(port).not.toBe("");
  late.close();
  late.closeAllConnections();
});

it("X27: what is not taken of redirects and refusals is given up", async () => {
  await start();
  world.model.on("/moves", (response) => {
    response.writeHead(302, { location: "/text" });
    endless(response);
  });
  world.model.on("/refuses", (response) => {
    response.writeHead(500);
    endless(response);
  });
  expect((await world.create("/moves")).status).toBe(400);
  await expect.poll(() => world.model.dropped).toBe(1);
  expect((await (await world.create("/refuses")).text()).length).toBe(65_536);
  await expect.poll(() => world.model.dropped).toBe(2);
});
