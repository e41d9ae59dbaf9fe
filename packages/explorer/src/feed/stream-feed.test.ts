import { DurableStream } from "@perennial/client";
import { formatOffset, parseOffset } from "@perennial/protocol";
import { createServer, type DurableStreamsServer } from "@perennial/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Row } from "./cut-rows.ts";
import { readRows } from "./read-rows.ts";
import { StreamFeed } from "./stream-feed.ts";

let server: DurableStreamsServer;
let feed: StreamFeed | undefined;
let isUp = true;

beforeEach(() => {
  server = createServer({ sseCycleMs: 1000 });
  isUp = true;
});
afterEach(async () => {
  feed?.stop();
  feed = undefined;
  await server.stop();
});

const toServer = ((input: RequestInfo | URL, init?: RequestInit) =>
  isUp ? server.fetch(new Request(input, init)) : Promise.reject(new TypeError("offline"))) as typeof fetch;
const url = (path: string): string => `http://localhost/v1/stream/${path}`;

const create = (path: string, contentType: string, body = "") =>
  DurableStream.create({ url: url(path), contentType, fetch: toServer, ...(body !== "" && { body }) });

function follow(path: string): StreamFeed {
  feed = new StreamFeed(url(path), {
    fetch: toServer,
    schedule: setImmediate,
    yieldToPage: () => new Promise((resolve) => setImmediate(resolve)),
    now: () => performance.now(),
  });
  feed.start();
  return feed;
}

const text = (row: Row | undefined): string | undefined => row && new TextDecoder().decode(row.bytes);
const texts = (shown: StreamFeed): (string | undefined)[] =>
  Array.from({ length: shown.snapshot().rowCount }, (_, number) => text(shown.row(number)));
const status = (shown: StreamFeed) => expect.poll(() => shown.snapshot().status);

describe("a feed", () => {
  test("has what was there, then what comes, until the stream is closed", async () => {
    const handle = await create("a", "application/json", "[1,2]");
    const shown = follow("a");
    await status(shown).toBe("live");
    await handle.append('{"three":3}');
    await expect.poll(() => texts(shown)).toEqual(["1", "2", '{"three":3}']);
    const { finalOffset } = await handle.close({ body: "4" });
    await status(shown).toBe("closed");
    expect(texts(shown)).toEqual(["1", "2", '{"three":3}', "4"]);
    expect(shown.snapshot().end).toBe(parseOffset(finalOffset));
  });

  test("shows a line before its end has come", async () => {
    const handle = await create("t", "text/plain", "one\ntw");
    const shown = follow("t");
    await status(shown).toBe("live");
    expect(texts(shown)).toEqual(["one\n", "tw"]);
    await handle.append("o\nthr");
    await expect.poll(() => texts(shown)).toEqual(["one\n", "two\n", "thr"]);
  });

  test.each(["text/plain", "application/json"])(
    "holds %s to what is stored when events change line breaks",
    async (contentType) => {
      const handle = await create("r", contentType);
      const shown = follow("r");
      await status(shown).toBe("live");
      await handle.append(contentType === "text/plain" ? "a\r\nb\rc\n" : "[1,\r\n2]");
      const expected = contentType === "text/plain" ? ["a\r\n", "b\rc\n"] : ["[1,\r\n2]"];
      await expect.poll(() => texts(shown)).toEqual(expected);
      await status(shown).toBe("live");
    },
  );

  test("reads pages again that it did not keep", async () => {
    const body = `[${Array.from({ length: 40_000 }, (_, index) => index).join(",")}]`;
    await create("long", "application/json", body);
    const shown = follow("long");
    await status(shown).toBe("live");
    expect(shown.snapshot().rowCount).toBe(40_000);
    await expect.poll(() => text(shown.row(3))).toBe("3");
    await expect.poll(() => text(shown.row(30_000))).toBe("30000");
    const row = shown.row(30_000)!;
    expect(await shown.rowAt(row.position)).toBe(30_000);
    expect(await shown.rowAt(row.end)).toBe(30_001);
  });

  test("says that it lost the connection, and catches up", async () => {
    const handle = await create("c", "application/json");
    const shown = follow("c");
    await status(shown).toBe("live");
    isUp = false;
    await status(shown).toBe("reconnecting");
    isUp = true;
    await handle.append("1");
    await expect.poll(() => texts(shown), { timeout: 8000 }).toEqual(["1"]);
    await status(shown).toBe("live");
    expect(shown.snapshot().reconnects).toBeGreaterThan(0);
  });

  test("pauses and goes on", async () => {
    const handle = await create("p", "text/plain", "one\ntw");
    const shown = follow("p");
    await status(shown).toBe("live");
    shown.stop();
    await status(shown).toBe("paused");
    await handle.append("o\n");
    shown.start();
    await expect.poll(() => texts(shown)).toEqual(["one\n", "two\n"]);
  });

  test("says that there is no such stream", async () => {
    await status(follow("none")).toBe("gone");
  });
});

test("a reading that is given up has no row that was cut", async () => {
  const giving = new AbortController();
  const headers = { "Content-Type": "text/plain", "Stream-Next-Offset": formatOffset(8) };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("one\ntw")),
    cancel: () => undefined,
  });
  const rows: Row[] = [];
  const query = { url: url("cut"), from: 0, to: 8, signal: giving.signal };
  for await (const some of readRows({ ...query, fetch: async () => new Response(body, { headers }) })) {
    rows.push(...some);
    giving.abort();
  }
  expect(rows.map(text)).toEqual(["one\n"]);
});

test("rows of a part of a stream", async () => {
  await create("part", "application/json", "[10,11,12,13]");
  const rows: Row[] = [];
  for await (const some of readRows({ url: url("part"), from: 3, to: 9, fetch: toServer }))
    rows.push(...some);
  expect(rows.map(text)).toEqual(["11", "12"]);
});
