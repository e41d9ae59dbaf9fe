/** What users of the official transport suffer from (numbers of its list), each with what happens here. */
import { readFileSync } from "node:fs";
import { guardGeneration, passRead, readGeneration, takeOver } from "@perennial/ai";
import {
  createDurableChatTransport,
  GenerationTakenError,
  toDurableStreamResponse,
  uiMessageFormat,
} from "@perennial/ai-sdk";
import { DurableStream, stream } from "@perennial/client";
import type { UIMessageChunk } from "ai";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HandSource } from "../../ai/tests/support/source.ts";
import { App } from "./support/app.ts";
import { SDKS, type Sdk, textOf } from "./support/sdks.ts";

let app: App;
afterEach(() => app.stop());

const START: UIMessageChunk[] = [{ type: "start", messageId: "answer" }, { type: "start-step" }];
const END: UIMessageChunk[] = [{ type: "text-end", id: "t" }, { type: "finish-step" }, { type: "finish" }];
const open: UIMessageChunk = { type: "text-start", id: "t" };
const word = (delta: string): UIMessageChunk => ({ type: "text-delta", id: "t", delta });

describe.each(Object.entries(SDKS))("%s", (_, sdk: Sdk) => {
  describe.each([{ isSocket: false }, { isSocket: true }])("sockets: $isSocket", ({ isSocket }) => {
    beforeEach(async () => {
      app = await App.start({ isSocket });
    });
    const transport = (options = {}) => createDurableChatTransport({ fetch: app.fetch, ...options });

    it("answers a chat (1)", async () => {
      app.answer = () => sdk.answer(["Hello", ", ", "world"], []);
      const chat = sdk.chat({ id: "c", transport: transport() });
      await chat.sendMessage({ text: "Hi" });
      expect(chat.error).toBeUndefined();
      expect(chat.messages.map(textOf)).toEqual(["Hi", "Hello, world"]);
      expect(chat.status).toBe("ready");
    });

    it("rebuilds a message that is resumed, instead of appending to it (2)", async () => {
      const source = new HandSource<UIMessageChunk>();
      app.answer = source;
      const first = sdk.chat({ id: "c", transport: transport() });
      void first.sendMessage({ text: "Hi" });
      source.push(...START, open, word("one "), word("two "));
      await expect.poll(() => textOf(first.messages[1])).toBe("one two ");
      // A reload, with the part of the answer that the page had kept.
      const second = sdk.chat({ id: "c", transport: transport(), messages: first.messages });
      const resumed = second.resumeStream();
      source.push(word("three"), ...END);
      source.end();
      await resumed;
      expect(second.messages.map(textOf)).toEqual(["Hi", "one two three"]);
      expect(app.calls).toBe(1);
    });

    it("tells a reader of a source that failed with an error, not with a silent end (7)", async () => {
      const source = new HandSource<UIMessageChunk>();
      app.answer = source;
      app.options = { onError: () => "The model is overloaded." };
      vi.spyOn(console, "error").mockImplementation(() => {});
      const chat = sdk.chat({ id: "c", transport: transport() });
      const sent = chat.sendMessage({ text: "Hi" });
      source.push(...START, open, word("one "));
      source.fail(new Error("429 of key sk-1"));
      await sent;
      expect(chat.error?.message).toBe("The model is overloaded.");
      expect(textOf(chat.messages[1])).toBe("one ");
    });

    it("stops the model for everybody when any reader asks (8)", async () => {
      const source = new HandSource<UIMessageChunk>();
      let signal: AbortSignal | undefined;
      app.answer = (context) => {
        signal = context.signal;
        return source;
      };
      const writing = sdk.chat({ id: "c", transport: transport() });
      const sent = writing.sendMessage({ text: "Hi" });
      source.push(...START, open, word("one "));
      await expect.poll(() => textOf(writing.messages[1])).toBe("one ");
      const asked = performance.now();
      await transport().stop({ chatId: "c", reason: "enough" });
      await sent;
      expect(performance.now() - asked).toBeLessThan(1000);
      expect(signal?.aborted).toBe(true);
      expect(writing.status).toBe("ready");
    });

    it("stops the model when a chat with stopOnAbort is stopped (8)", async () => {
      const source = new HandSource<UIMessageChunk>();
      app.answer = source;
      const chat = sdk.chat({ id: "c", transport: transport({ stopOnAbort: true }) });
      const sent = chat.sendMessage({ text: "Hi" });
      source.push(...START, open, word("one "));
      await expect.poll(() => textOf(chat.messages[1])).toBe("one ");
      await chat.stop();
      await sent;
      await expect.poll(() => app.active.size).toBe(0);
      expect(source.isReleased).toBe(true);
    });

    it("resumes on the wire from the last offset seen (13)", async () => {
      const source = new HandSource<UIMessageChunk>();
      app.answer = source;
      const pages = new Map<string, string>();
      const storage = {
        getItem: (key: string) => pages.get(key) ?? null,
        setItem: (key: string, text: string) => void pages.set(key, text),
        removeItem: (key: string) => void pages.delete(key),
      };
      const first = sdk.chat({ id: "c", transport: transport({ storage }) });
      void first.sendMessage({ text: "Hi" });
      source.push(...START, open, ...Array.from({ length: 50 }, (_, n) => word(`${n} `)));
      const said = Array.from({ length: 50 }, (_, n) => `${n} `).join("");
      await expect.poll(() => textOf(first.messages[1])).toBe(said);
      await expect.poll(() => [...pages.values()].join()).toContain("48 49 ");
      const seen = JSON.parse([...pages.values()][0]!) as { offset: string };
      // A reload: another transport, with nothing but the storage.
      app.requests.length = 0;
      const second = sdk.chat({ id: "c", transport: transport({ storage }), messages: [first.messages[0]!] });
      const resumed = second.resumeStream();
      source.push(word("end"), ...END);
      source.end();
      await resumed;
      expect(second.messages.map(textOf)).toEqual(["Hi", `${said}end`]);
      const reads = app.requests.map(({ url }) => new URL(url)).filter(({ origin }) => origin === app.origin);
      expect(reads[0]!.searchParams.get("offset")).toBe(seen.offset);
      expect(pages.size).toBe(0);
    });
  });
});

describe("the client", () => {
  beforeEach(async () => {
    app = await App.start({ isSocket: false });
  });

  it("may be installed with ai 6 and 7 (1)", () => {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    expect(JSON.parse(manifest).peerDependencies.ai).toBe("^6.0.0 || ^7.0.0");
  });

  /** Requests of a transport, without an answer. */
  async function requestsOf(
    make: (fetch: typeof globalThis.fetch) => {
      sendMessages(options: object): Promise<unknown>;
      reconnectToStream(options: object): Promise<unknown>;
    },
  ): Promise<unknown[]> {
    const seen: unknown[] = [];
    const transport = make(async (input, init) => {
      seen.push({
        url: String(input),
        method: init?.method ?? "GET",
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: init?.body === undefined ? undefined : JSON.parse(String(init.body)),
        credentials: init?.credentials,
        isAborted: init?.signal?.aborted,
      });
      return new Response("no", { status: 500 });
    });
    const abortSignal = AbortSignal.abort();
    const call = {
      ...{ chatId: "a/b ?c", abortSignal, headers: { "X-Call": "2", "x-both": "call" } },
      ...{ body: { extra: 1 }, metadata: { m: 1 } },
    };
    const messages = [{ id: "m", role: "user", parts: [{ type: "text", text: "Hi" }] }];
    const send = { ...call, trigger: "submit-message", messageId: undefined, messages };
    await expect(transport.sendMessages(send)).rejects.toThrow();
    await expect(transport.reconnectToStream(call)).rejects.toThrow();
    return seen;
  }

  const prepared = (parts: object) => ({
    api: "/other?x=1",
    // In any order of keys.
    headers: { Only: [...JSON.stringify(parts)].sort().join("").trim() },
    credentials: "omit" as const,
    body: { all: true },
  });
  it.each<[string, object]>([
    ["nothing", {}],
    ["an api with a query and a fragment", { api: "/v2/chat?tenant=a#f" }],
    ["headers in any case", { headers: { "X-Own": "1", "X-BOTH": "own" } }],
    [
      "functions",
      { headers: () => ({ a: "1" }), body: async () => ({ b: 2 }), credentials: () => "include" },
    ],
    ["values", { headers: new Headers({ a: "1" }), body: { b: 2 }, credentials: "include" }],
    [
      "hooks",
      {
        ...{ body: { b: 2 }, headers: { a: "1" } },
        ...{ prepareSendMessagesRequest: prepared, prepareReconnectToStreamRequest: prepared },
      },
    ],
  ])("asks what DefaultChatTransport asks, given %s (3)", async (_, options) => {
    const ours = await requestsOf((fetch) => createDurableChatTransport({ ...options, fetch }) as never);
    for (const sdk of Object.values(SDKS)) {
      const theirs = await requestsOf(
        (fetch) => new sdk.DefaultChatTransport({ ...options, fetch } as never) as never,
      );
      // Version 6 does not pass a signal on when it reconnects.
      const comparable = (requests: unknown[]) =>
        requests.map((request) => ({ ...(request as object), isAborted: undefined }));
      expect(comparable(ours)).toEqual(comparable(theirs));
    }
    expect(ours.map((request) => (request as { isAborted: boolean }).isAborted)).toEqual([true, true]);
  });

  it("sends headers and fetch with reads, too (4)", async () => {
    const source = new HandSource<UIMessageChunk>();
    app.answer = source;
    const transport = createDurableChatTransport({
      ...{ fetchClient: app.fetch, headers: { authorization: "Bearer t" } },
    });
    const chunks = await transport.sendMessages({
      ...{ trigger: "submit-message", chatId: "c", messageId: undefined, messages: [] },
      abortSignal: undefined,
    });
    source.push(...START);
    source.end();
    const reader = chunks.getReader();
    while (!(await reader.read()).done);
    const reads = app.requests.filter(({ url }) => url.startsWith(app.origin));
    expect(reads.length).toBeGreaterThan(0);
    for (const { headers } of reads) expect(headers.get("authorization")).toBe("Bearer t");
  });

  it("has one header of a name, in whatever case it is given (5)", async () => {
    app.answer = new HandSource<UIMessageChunk>();
    const transport = createDurableChatTransport({ fetch: app.fetch, headers: [["AUTHORIZATION", "a"]] });
    await transport.sendMessages({
      ...{
        trigger: "submit-message",
        chatId: "c",
        messageId: undefined,
        messages: [],
        abortSignal: undefined,
      },
      headers: { authorization: "b" },
    });
    expect(app.requests[0]!.headers.get("authorization")).toBe("b");
  });
});

describe("the server", () => {
  beforeEach(async () => {
    app = await App.start({ isSocket: false });
  });

  const words = async function* () {
    yield* [...START, open, word("one"), ...END];
  };
  const stored = async (url: string): Promise<UIMessageChunk[]> => {
    const response = await stream<UIMessageChunk>({ ...app.target(url), json: true, live: false });
    return (await response.json()).filter((chunk) => uiMessageFormat.noteOf(chunk) === undefined);
  };
  const write = (writeUrl: string, options = {}) =>
    toDurableStreamResponse({ source: words(), stream: { writeUrl, fetch: app.streamFetch }, ...options });

  it("takes a stream that exists and is open, and says clearly that one is closed (6)", async () => {
    const url = `${app.origin}/v1/stream/made`;
    await DurableStream.create({ ...app.target(url), contentType: "application/json" });
    expect((await write(url, { mode: "await" })).status).toBe(200);
    const again = write(url);
    await expect(again).rejects.toThrow(GenerationTakenError);
    await expect(again).rejects.toMatchObject({ reason: "ended", status: 409 });
  });

  it("writes each chunk once, whatever answers are lost (9)", async () => {
    let posts = 0;
    const lossy: typeof fetch = async (input, init) => {
      const response = await app.streamFetch(input, init);
      if (init?.method === "POST" && posts++ % 2 === 0) throw new TypeError("the answer was lost");
      return response;
    };
    const url = `${app.origin}/v1/stream/lossy`;
    const chunks = [...START, open, ...Array.from({ length: 40 }, (_, n) => word(`${n} `)), ...END];
    const source = async function* () {
      for (const [n, chunk] of chunks.entries()) {
        yield chunk;
        // Several requests, some of them at once.
        const sent = posts;
        if (n % 8 === 7) await expect.poll(() => posts).toBeGreaterThan(sent);
      }
    };
    await toDurableStreamResponse({
      ...{ source: source(), mode: "await" as const, stream: { writeUrl: url, fetch: lossy } },
    });
    expect(posts).toBeGreaterThan(8);
    expect(await stored(url)).toEqual(chunks);
  });

  it("pays the model once when a request is repeated (9)", async () => {
    const url = `${app.origin}/v1/stream/twice`;
    let calls = 0;
    const source = () => {
      calls++;
      return words();
    };
    const both = await Promise.allSettled([write(url, { source }), write(url, { source })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(calls).toBe(1);
  });

  it("answers in mode await once all is written, and rejects when that failed (10)", async () => {
    const url = `${app.origin}/v1/stream/await`;
    const response = await write(url, { mode: "await" });
    const head = await new DurableStream(app.target(url)).head();
    expect(await response.json()).toEqual({ streamUrl: url, finalOffset: head.exists && head.offset });
    const source = (async function* () {
      yield START[0]!;
      throw new Error("no model");
    })();
    await expect(write(`${url}2`, { mode: "await", source })).rejects.toThrow("no model");
  });

  it.each<[string, () => void]>([
    ["AWS Lambda", () => vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "f")],
    ["Cloudflare Workers", () => vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" })],
    ["Vercel", () => vi.stubEnv("VERCEL", "1")],
  ])("warns on %s that the process may end before the answer does (11)", async (host, stub) => {
    stub();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await write(`${app.origin}/v1/stream/host`);
    expect(warn.mock.calls.join()).toContain(host);
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    warn.mockRestore();
  });

  it("waits by itself where Vercel's request says how (11)", async () => {
    const waited: Promise<unknown>[] = [];
    const context = { get: () => ({ waitUntil: (promise: Promise<unknown>) => void waited.push(promise) }) };
    vi.stubGlobal(Symbol.for("@vercel/request-context") as never, context);
    const url = `${app.origin}/v1/stream/vercel`;
    await write(url);
    await Promise.all(waited);
    vi.unstubAllGlobals();
    expect(waited).toHaveLength(1);
    expect((await stored(url)).at(-1)).toEqual({ type: "finish" });
  });

  it("passes reads on for a page, of the stream that the route chose, and with its credentials (22)", async () => {
    const url = `${app.origin}/v1/stream/mine`;
    await write(url, { mode: "await" });
    const asked: Request[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked.push(new Request(input, init));
      return app.streamFetch(input, init);
    };
    const target = { url, fetch, headers: { authorization: async () => "Bearer secret" } };
    const page = (query: string, init?: RequestInit) =>
      passRead(new Request(`http://app.test/read?id=mine&${query}`, init), target);
    const answer = await page("offset=-1&path=/v1/stream/other&cursor=1&secret=x", {
      headers: { authorization: "Bearer of-the-page", cookie: "c=1", accept: "application/json" },
    });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect((await answer.json()).at(-1)).toEqual({ type: "finish" });
    const [request] = asked as [Request];
    expect(request.url).toBe(`${url}?offset=-1&cursor=1`);
    expect(Object.fromEntries(request.headers)).toEqual({
      authorization: "Bearer secret",
      accept: "application/json",
    });
    expect((await page("offset=-1", { method: "DELETE" })).status).toBe(405);
    const away = { ...target, fetch: () => Promise.reject(new TypeError("fetch failed")) };
    expect((await passRead(new Request("http://app.test/read"), away)).status).toBe(502);
  });

  it("leaves no reader waiting when its process dies, and another may go on (12)", async () => {
    const url = `${app.origin}/v1/stream/dead`;
    const target = app.target(url);
    // What a process leaves that was killed: its producer, its note and its chunks.
    const handle = await DurableStream.create({ ...target, contentType: "application/json" });
    const note = uiMessageFormat.note({ writer: "killed", leaseMs: 200 });
    for (const [producerSeq, chunk] of [note, ...START, open, word("one ")].entries())
      await handle.append(chunk, { producerId: "writer", producerEpoch: 0, producerSeq });
    const reader = (await readGeneration({ target, format: uiMessageFormat })).getReader();
    const seen: UIMessageChunk[] = [];
    for (let next = await reader.read(); !next.done; next = await reader.read())
      seen.push(...next.value.chunks);
    expect(seen.at(-1)).toMatchObject({ type: "error", errorText: expect.stringContaining("is gone") });
    const taken = await takeOver<UIMessageChunk>({
      ...{ target, format: uiMessageFormat },
      source: async function* ({ written }) {
        yield* [...START, open, word("one "), word("two"), ...END].slice(written.length);
      },
    });
    expect(taken.kind === "generation" && (await taken.finished).kind).toBe("completed");
    expect(await stored(url)).toEqual([...START, open, word("one "), word("two"), ...END]);
    expect(await guardGeneration(target, uiMessageFormat)).toEqual({ vanished: false });
  });
});
