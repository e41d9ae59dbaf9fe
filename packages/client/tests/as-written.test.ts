import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DurableStream, IdempotentProducer, stream } from "../src/index.ts";
import { describeServers } from "./servers.ts";
import { page, scriptedFetch } from "./support/scripted-fetch.ts";

describeServers("what people write, on %s", (newUrl) => {
  const create = (contentType: string) => DurableStream.create({ url: newUrl(), contentType });

  test.each(["sse", "long-poll", false] as const)(
    "for await over stream() gives JSON messages (%s)",
    async (live) => {
      const handle = await create("application/json");
      await handle.append({ n: 1 });
      await handle.append({ n: 2 });
      const seen: number[] = [];
      for await (const { n } of stream<{ n: number }>({ url: handle.url, live })) {
        seen.push(n);
        if (live && seen.length === 2) break;
      }
      expect(seen.slice(0, 2)).toEqual([1, 2]);
    },
  );

  test("for await over stream() gives text, and bytes, of other streams", async () => {
    const text = await create("text/plain; charset=utf-8");
    await text.append("héllo");
    const pieces: unknown[] = [];
    for await (const piece of text.stream({ live: false })) pieces.push(piece);
    expect(pieces).toEqual(["héllo"]);
    const binary = await create("application/octet-stream");
    await binary.append(Uint8Array.of(1, 2));
    for await (const piece of stream({ url: binary.url, live: false })) pieces.push(piece);
    expect(pieces[1]).toEqual(Uint8Array.of(1, 2));
  });

  test("stream() is still a promise of one response, to be consumed once", async () => {
    const handle = await create("application/json");
    await handle.append(1);
    const session = stream<number>({ url: handle.url, live: false });
    expect(await (await session).json()).toEqual([1]);
    const again = async () => {
      for await (const _ of session);
    };
    await expect(again()).rejects.toMatchObject({ code: "ALREADY_CONSUMED" });
  });

  test("a loop over a stream that is not there fails in the loop, and only there", async () => {
    const loop = async () => {
      for await (const _ of stream({ url: newUrl() }));
    };
    await expect(loop()).rejects.toMatchObject({ status: 404 });
  });

  test("handles and producers take any JSON value on a JSON stream; a string is JSON text", async () => {
    const handle = await create("application/json");
    const producer = new IdempotentProducer(handle, "p");
    const values = [{ a: 1 }, 2, null, true, '"text"', ["in", "an array"]];
    for (const value of values) await handle.append(value);
    for (const value of values) producer.append(value);
    await producer.flush();
    const once = [{ a: 1 }, 2, null, true, "text", ["in", "an array"]];
    // The server takes an array apart by one level: what was sent as a message is one.
    expect(await (await stream({ url: handle.url, live: false })).json()).toEqual([...once, ...once]);
    await producer.close({ end: true });
  });

  test("values without a JSON text, and values on other streams, are refused at once", async () => {
    const json = await create("application/json");
    const text = await create("text/plain");
    for (const [handle, value] of [
      [json, undefined],
      [json, () => {}],
      [text, { a: 1 }],
      [new DurableStream({ url: text.url }), 1],
    ] as const) {
      await expect(handle.append(value)).rejects.toMatchObject({ code: "BAD_REQUEST" });
      const producer = new IdempotentProducer(handle, "p");
      expect(() => producer.append(value)).toThrow(expect.objectContaining({ code: "BAD_REQUEST" }));
    }
  });

  test("a batch tells where to go on by both names", async () => {
    const handle = await create("application/json");
    await handle.append(1);
    const response = await handle.stream({ live: false });
    const offsets: string[][] = [];
    response.subscribeJson(({ offset, nextOffset }) => void offsets.push([offset, nextOffset]));
    await response.closed;
    expect(offsets).toEqual([[response.offset, response.offset]]);
  });
});

describe("a stream that is deleted and created again while it is read", () => {
  const tag = (life: string) => ({ headers: { etag: `"${life}:0:1"` } });
  const answers = () => [
    page('["old 1"]', { next: "1", ...tag("s.1") }),
    page('["new 2"]', { next: "2", upToDate: true, ...tag("s.2") }),
    page('["new 1"]', { next: "1", ...tag("s.2") }),
    page('["new 2"]', { next: "2", upToDate: true, closed: true, ...tag("s.2") }),
  ];
  const url = "https://example.test/s";

  test("is told, and not read as one", async () => {
    const response = await stream({ url, fetch: scriptedFetch(...answers()), live: false });
    await expect(response.json()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("is read from its beginning, past caches, if the reader wants", async () => {
    const given: (RequestCache | undefined)[] = [];
    const scripted = scriptedFetch(...answers());
    const fetch: typeof globalThis.fetch = (input, init) => {
      given.push(init?.cache);
      return scripted(input, init);
    };
    const response = await stream({ url, fetch, onReplaced: () => true });
    expect(await response.json()).toEqual(["new 1", "new 2"]);
    expect(scripted.requests.map((request) => request.url.searchParams.get("offset"))).toEqual([
      "-1",
      "1",
      "-1",
      "1",
    ]);
    expect(given).toEqual([undefined, undefined, "no-cache", "no-cache"]);
  });

  test("tags that name no life, or render one in two ways, are no reason", async () => {
    const pages = ["s.1", "s.1.offsets", "s.1"].map((life, index) =>
      page(`[${index}]`, { next: String(index), upToDate: index === 2, ...tag(life) }),
    );
    const untagged = page("[3]", { next: "3", headers: { etag: '"0000_0003"' } });
    const response = await stream({ url, fetch: scriptedFetch(untagged, ...pages), live: false });
    expect(await response.json()).toEqual([3, 0, 1, 2]);
  });
});

describe("one abort signal for many requests", () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  beforeAll(() => void process.on("warning", note));
  afterAll(() => void process.off("warning", note));
  afterEach(() => void warnings.splice(0));

  test("makes no warning of too many listeners, and ends all", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const url = "https://example.test/s";
    const handle = new DurableStream({ url, contentType: "text/plain", fetch: scriptedFetch(), signal });
    const many = Array.from({ length: 30 }, (_, n) => n);
    const pending = many.flatMap((n) => [
      stream({ url, fetch: scriptedFetch(), signal }),
      handle.append(String(n), { signal }),
      new DurableStream({ url, fetch: scriptedFetch(), signal, batching: false }).append("1", { signal }),
      new IdempotentProducer(handle, `p${n}`, { signal }).flush().then(() => Promise.reject("flushed")),
    ]);
    const settled = Promise.allSettled(pending);
    const readers = await Promise.all(
      many.map(() =>
        stream({ url, signal, fetch: scriptedFetch(page("[]", { next: "1", upToDate: true })) }),
      ),
    );
    for (const reader of readers) reader.subscribeJson(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect((await settled).every(({ status }) => status === "rejected")).toBe(true);
    await Promise.all(readers.map((reader) => reader.closed));
    expect(warnings).toEqual([]);
  });
});
