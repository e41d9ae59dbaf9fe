/** What users of the official proxy's client and transports suffer from, row by row. Those of its server are in weaknesses-server.test.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createAllowlistValidator, createProxyHandler } from "@perennial/proxy";
import {
  createAbortFn,
  createDurableFetch,
  createStorageKey,
  loadCredentials,
  MemoryStorage,
  ResponseIncompleteError,
  saveCredentials,
} from "@perennial/proxy/client";
import { createProxyHandler as createWebHandler } from "@perennial/proxy/handler";
import { createDurableAdapter, createDurableChatTransport } from "@perennial/proxy/transports";
import { afterEach, describe, expect, it } from "vitest";
import { gate, WORDS } from "./support/model-server.ts";
import { SECRET, World } from "./support/world.ts";

let world: World;
afterEach(() => world.stop());

async function start(...options: Parameters<typeof World.start>): Promise<World> {
  world = await World.start(...options);
  world.model.on("/text", (response) => void response.end("0123456789"));
  return world;
}

const messages = () => `${world.model.url}/v1/messages`;

describe("the fetch", () => {
  it("X2: a resumed response begins at the first byte or, if that is wanted, where its reader was", async () => {
    await start();
    const storage = new MemoryStorage();
    const { pace, open } = gate(4);
    world.model.pace = pace;
    const first = await world.durableFetch({ storage })(messages(), { requestId: "r" });
    const reader = first.body!.getReader();
    let seen = "";
    while (!seen.includes(WORDS[3]!)) seen += Buffer.from((await reader.read()).value!).toString();
    expect(loadCredentials(storage, "durable-streams:", world.proxyUrl, "r")?.offset).toBe(first.offset);
    await reader.cancel();
    open();
    const rest = await world.durableFetch({ storage, resumeFrom: "offset" })(messages(), { requestId: "r" });
    expect(rest.wasResumed).toBe(true);
    const remaining = await rest.text();
    const whole = await (await world.durableFetch({ storage })(messages(), { requestId: "r" })).text();
    expect(seen + remaining).toBe(whole);
    for (const word of WORDS) expect(whole).toContain(word);
    expect(world.model.calls).toBe(1);
  });

  it("X3: an answer of the proxy itself is returned, whatever its status", async () => {
    await start();
    const response = await world.durableFetch()("http://localhost:1/");
    expect(response.status).toBe(502);
    expect((await response.json()).error.code).toBe("UPSTREAM_ERROR");
    expect(response.headers.get("upstream-error")).toBeNull();
  });

  it("X4: what the upstream refuses keeps its status, content type and body", async () => {
    await start();
    world.model.on("/no", (response) => {
      response
        .writeHead(422, { "content-type": "application/problem+json", "retry-after": "3" })
        .end('{"a":1}');
    });
    const response = await world.durableFetch()(`${world.model.url}/no`);
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("retry-after")).toBe("3");
    expect(response.headers.get("upstream-error")).toBe("true");
    expect(await response.json()).toEqual({ a: 1 });
  });

  it("X8: a body that is not whole fails, and says why", async () => {
    await start({ inactivityTimeoutMs: 200 });
    world.model.on("/silent", (response) => void response.write("something"));
    const response = await world.durableFetch()(`${world.model.url}/silent`);
    const error = await response.text().catch((each: unknown) => each);
    expect(error).toBeInstanceOf(ResponseIncompleteError);
    expect(error).toMatchObject({ outcome: "timeout" });
    expect(response.outcome).toBe("timeout");
  });

  it("X16: a signal ends reading, and leaving a body ends its session; neither stops the model", async () => {
    await start();
    world.model.pace = gate(2).pace;
    const leaving = new AbortController();
    const response = await world.durableFetch()(messages(), { signal: leaving.signal });
    const reading = response.text();
    await expect.poll(() => world.streams.metrics().liveReaders).toBe(1);
    leaving.abort();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(() => world.streams.metrics().liveReaders).toBe(0);
    const left = await world.durableFetch()(messages());
    const reader = left.body!.getReader();
    await reader.read();
    await reader.cancel();
    await expect.poll(() => world.streams.metrics().liveReaders).toBe(0);
    expect(world.model.dropped).toBe(0);
  });

  it("X16: a body is read as it is taken", async () => {
    await start();
    const size = 20_000_000;
    world.model.on("/long", (response) => void response.end(Buffer.alloc(size)));
    let received = 0;
    const counting: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, controller) {
          received += piece.length;
          controller.enqueue(piece);
        },
      });
      return new Response(response.body?.pipeThrough(count) ?? null, response);
    };
    const response = await world.durableFetch({ fetch: counting })(`${world.model.url}/long`);
    const reader = response.body!.getReader();
    let taken = (await reader.read()).value!.length;
    expect(received).toBeLessThan(size / 2);
    for (let read = await reader.read(); !read.done; read = await reader.read()) taken += read.value.length;
    expect(taken).toBe(size);
  });

  it.each([401, 404, 410])("X17: a stream that is refused with %i is asked for anew", async (status) => {
    await start();
    const storage = new MemoryStorage();
    const url = `${world.model.url}/text`;
    await (await world.durableFetch({ storage })(url, { requestId: "r", method: "GET" })).text();
    let isRefused = false;
    const refusing: typeof fetch = async (input, init) => {
      if (isRefused || init?.method === "POST") return fetch(input, init);
      isRefused = true;
      return new Response("no", { status });
    };
    const again = await world.durableFetch({ storage, fetch: refusing })(url, {
      requestId: "r",
      method: "GET",
    });
    expect(await again.text()).toBe("0123456789");
    expect(again.wasResumed).toBe(false);
    // It is there all the same: nothing is paid for again.
    expect(world.model.calls).toBe(1);
  });

  it("X17: other failures are told: an abort, a failing proxy, one that cannot be reached, with 404 in the name", async () => {
    await start();
    const storage = new MemoryStorage();
    const requestId = "chat-404-not found";
    const options = { requestId, method: "GET" };
    await (await world.durableFetch({ storage })(`${world.model.url}/text`, options)).text();
    const failing = (fail: () => Promise<Response>) => {
      const methods: string[] = [];
      const fetch_: typeof fetch = (_input, init) => {
        methods.push(init?.method ?? "GET");
        return fail();
      };
      const durableFetch = world.durableFetch({ storage, fetch: fetch_, patienceMs: 200 });
      return { methods, asked: durableFetch(`${world.model.url}/text`, options) };
    };
    const refused = failing(async () => new Response("chat 404", { status: 400 }));
    await expect(refused.asked).rejects.toMatchObject({ status: 400 });
    const unreachable = failing(() => Promise.reject(new TypeError("fetch failed: 404 not found")));
    await expect(unreachable.asked).rejects.toThrow("fetch failed");
    const leaving = AbortSignal.abort();
    await expect(
      world.durableFetch({ storage })(`${world.model.url}/text`, { ...options, signal: leaving }),
    ).rejects.toThrow();
    for (const { methods } of [refused, unreachable]) expect(new Set(methods)).toEqual(new Set(["GET"]));
    expect(loadCredentials(storage, "durable-streams:", world.proxyUrl, requestId)).not.toBeNull();
    expect(world.model.calls).toBe(1);
  });

  it("X18: the client sends its credential in a header, never in an address", async () => {
    await start();
    const asked: string[] = [];
    const spying: typeof fetch = (input, init) => {
      asked.push(String(input));
      return fetch(input, init);
    };
    await (await world.durableFetch({ fetch: spying })(messages())).text();
    expect(asked.length).toBeGreaterThan(1);
    for (const url of asked) expect(url).not.toContain(SECRET);
  });
});

it("keeps credentials only for what has a name, apart for each proxy and prefix, and minds none that are broken", async () => {
  await start();
  const storage = new MemoryStorage();
  const keys: string[] = [];
  const spying = {
    ...storage,
    getItem: (key: string) => storage.getItem(key),
    removeItem: () => undefined,
    setItem: (key: string, value: string) => {
      keys.push(key);
      storage.setItem(key, value);
    },
  };
  await (await world.durableFetch({ storage: spying })(messages())).text();
  expect(keys).toEqual([]);
  await (
    await world.durableFetch({ storage: spying, storagePrefix: "p:" })(messages(), { requestId: "r" })
  ).text();
  expect(new Set(keys)).toEqual(new Set([createStorageKey("p:", world.proxyUrl, "r")]));
  storage.setItem(createStorageKey("durable-streams:", world.proxyUrl, "r"), "{ not JSON");
  const response = await world.durableFetch({ storage })(messages(), { requestId: "r" });
  expect(response.wasResumed).toBe(false);
  await response.body?.cancel();
  const credentials = loadCredentials(storage, "durable-streams:", world.proxyUrl, "r")!;
  saveCredentials(storage, "durable-streams:", world.proxyUrl, "r", { ...credentials, expiresAtSecs: 1 });
  const late = await world.durableFetch({ storage })(messages(), { requestId: "r" });
  expect(late.wasResumed).toBe(false);
  await late.body?.cancel();
});

it("stops a model from anywhere, by its URL", async () => {
  await start();
  world.model.pace = gate(3).pace;
  const response = await world.durableFetch()(messages());
  const other = await world.another();
  const reading = response.text();
  const elsewhere = response.streamUrl!.replace(world.proxies[0]!.url, other.url);
  for (const stop of [createAbortFn(elsewhere), createAbortFn(response.streamUrl!)]) await stop();
  expect(await reading).toContain(WORDS[2]);
  expect(response.outcome).toBe("aborted");
  await expect.poll(() => world.model.dropped, { timeout: 20_000 }).toBe(1);
  await expect(createAbortFn(`${response.streamUrl}0`)()).rejects.toThrow("Abort request failed: 401");
});

describe("X24: transports", () => {
  const CHUNKS = [
    { type: "start", messageId: "m1" },
    { type: "text-delta", id: "t", delta: "Hi" },
    { type: "finish" },
  ];

  function answerChats(): void {
    world.model.on("/chat", async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const [said, chunk] of CHUNKS.entries()) {
        await world.model.pace(said);
        response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      }
      response.end("data: [DONE]\n\n");
    });
  }

  const options = () => ({
    proxyUrl: world.proxyUrl,
    proxyAuthorization: SECRET,
    storage: new MemoryStorage(),
  });
  const chat = () => `${world.model.url}/chat`;
  const sending = {
    ...{ trigger: "submit-message" as const, chatId: "c1", messageId: undefined, abortSignal: undefined },
    messages: [{ id: "1", role: "user", parts: [] }],
  };

  async function all<Value>(values: AsyncIterable<Value> | ReadableStream<Value>): Promise<Value[]> {
    const found: Value[] = [];
    for await (const value of values as AsyncIterable<Value>) found.push(value);
    return found;
  }

  it("speak to the AI SDK, send all that it gives, and find a chat again after a reload", async () => {
    await start();
    answerChats();
    const { pace, open } = gate(1);
    world.model.pace = pace;
    const shared = options();
    const make = () =>
      createDurableChatTransport({
        ...shared,
        api: chat(),
        headers: { "X-Own": "1", Authorization: "Bearer app" },
      });
    const leaving = new AbortController();
    const first = await make().sendMessages({
      ...sending,
      ...{ headers: { "x-own": "2" }, body: { model: "m" }, abortSignal: leaving.signal },
    });
    await first.getReader().read();
    leaving.abort();
    open();
    const resumed = await make().reconnectToStream({ chatId: "c1" });
    expect(await all(resumed!)).toEqual(CHUNKS);
    expect(await make().reconnectToStream({ chatId: "c1" })).toBeNull();
    expect(world.model.calls).toBe(1);
    const { body, headers } = world.model.asked[0]!;
    expect(JSON.parse(body)).toMatchObject({
      id: "c1",
      model: "m",
      messages: sending.messages,
      trigger: sending.trigger,
    });
    expect(headers).toMatchObject({ "x-own": "2", authorization: "Bearer app" });
  });

  it("speak to TanStack AI, with the run that a request is for", async () => {
    await start();
    answerChats();
    const adapter = createDurableAdapter<{ type: string }>(chat(), options());
    const run = { threadId: "t1", runId: "r1", forwardedProps: { a: 1 }, headers: { "x-run": "1" } };
    expect(await all(adapter.connect([{ role: "user" }], { b: 2 }, undefined, run))).toEqual(CHUNKS);
    const { body, headers } = world.model.asked[0]!;
    expect(JSON.parse(body)).toMatchObject({
      ...{ threadId: "t1", runId: "r1", messages: [{ role: "user" }], forwardedProps: { a: 1, b: 2 } },
    });
    expect(headers["x-run"]).toBe("1");
  });

  it("and do what the official ones do: data, the URL of a request, and an abort of the latest", async () => {
    await start();
    answerChats();
    const transport = createDurableChatTransport({ ...options(), api: chat(), getRequestId: () => "named" });
    const sent = await transport.send({ messages: [], data: { a: 1 }, body: { b: 2 } });
    expect(await new Response(sent.stream).text()).toContain("[DONE]");
    expect([sent.status, sent.wasResumed]).toEqual([200, false]);
    expect(JSON.parse(world.model.asked[0]!.body)).toEqual({
      messages: [],
      data: { a: 1 },
      b: 2,
      stream: true,
    });
    expect((await transport.send({ messages: [] })).wasResumed).toBe(true);
    const adapter = createDurableAdapter(`${world.model.url}/elsewhere`, options());
    world.model.pace = gate(1).pace;
    const request = await adapter.connect({ url: chat(), body: '{"messages":[]}' });
    const reading = new Response(request.stream).text();
    await adapter.abort();
    expect(await reading).not.toContain("[DONE]");
    await expect(createDurableAdapter(`${world.model.url}/none`, options()).connect({})).rejects.toThrow(
      /^Request failed: 404/,
    );
    expect(() => createDurableAdapter("/relative", options())).toThrow("absolute");
    expect(() => createDurableChatTransport(options())).toThrow("absolute");
  });
});

it("X25: what the page says of patterns and read URLs is so", async () => {
  await start();
  const page = readFileSync(new URL("../../../docs/proxy.md", import.meta.url), "utf8");
  const patterns = [...page.matchAll(/^\| `([^`]*(?:\*\*|\*|com))` +\|/gm)].map(([, pattern]) => pattern!);
  expect(patterns.length).toBeGreaterThanOrEqual(5);
  expect(() => createAllowlistValidator(patterns)).not.toThrow();
  const allows = createAllowlistValidator(["https://api.anthropic.com/v1/*"]);
  expect(
    ["/v1", "/v1/messages", "/v1/messages/batches", "/v2", "/v11"].map((path) =>
      allows(`https://api.anthropic.com${path}`),
    ),
  ).toEqual([true, true, true, false, false]);
  const location = (await world.create("/text")).headers.get("location")!;
  expect(URL.canParse(location)).toBe(true);
});

it("X28: the handler needs web standards alone", async () => {
  await start();
  const source = fileURLToPath(new URL("../src", import.meta.url));
  for (const room of ["core", "handler", "client", "transports"])
    for (const file of readdirSync(`${source}/${room}`, { recursive: true, encoding: "utf8" }))
      if (file.endsWith(".ts") && !file.endsWith(".test.ts"))
        expect(readFileSync(`${source}/${room}/${file}`, "utf8")).not.toMatch(/from "(?:node:|undici)/);
  const proxy = createWebHandler({
    ...{ dsServer: world.streams, jwtSecret: SECRET, allowlist: ["https://api.test/**"] },
    upstreamFetch: async ({ href }, { method }) => new Response(`${method} ${href}`),
  });
  const durableFetch = createDurableFetch({
    ...{ proxyUrl: "https://app.test/v1/proxy", proxyAuthorization: SECRET, storage: new MemoryStorage() },
    fetch: (input, init) => proxy.fetch(new Request(input as string, init)),
  });
  expect(await (await durableFetch("https://api.test/x", { method: "DELETE" })).text()).toBe(
    "DELETE https://api.test/x",
  );
  await proxy.stop();
  expect(createProxyHandler).toBeTypeOf("function");
});
