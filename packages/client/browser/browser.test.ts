import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { findChromium } from "@perennial/testing/chromium";
import { type Browser, chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import config from "../rolldown.config.ts";
import { DurableStream } from "../src/index.ts";
import { servers, type TestServer } from "../tests/servers.ts";
import type { App } from "./page.ts";

declare global {
  interface Window {
    readonly app: App;
  }
}

const MODES = ["sse", "long-poll"] as const;

/** Serves one page with the client in it, on an origin of its own: the streams are on another. */
async function servePage(): Promise<{ server: Server; url: string }> {
  const build = await rolldown({ ...config, input: fileURLToPath(new URL("page.ts", import.meta.url)) });
  const { output } = await build.generate({ format: "esm" });
  const html = `<!doctype html><title>test</title><script type="module">${output[0].code}</script>`;
  const server = createHttpServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

describe.each(Object.entries(servers))("a page in Chromium, reading from %s", (name, start) => {
  let browser: Browser;
  let streams: TestServer;
  let site: { server: Server; url: string };
  let page: Page;
  let url: string;
  let count = 0;

  beforeAll(async () => {
    [streams, site] = await Promise.all([start(), servePage()]);
    browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser.close();
    site.server.close();
    await streams.stop();
  });
  beforeEach(async () => {
    page = await (await browser.newContext()).newPage();
    await page.goto(site.url);
    url = `${streams.url}/v1/stream/browser-${count++}`;
    await DurableStream.create({ url, contentType: "application/json" });
    for (const mode of MODES)
      await page.evaluate(([at, live]) => window.app.read(at, live), [url, mode] as const);
  });

  const append = (...numbers: number[]) =>
    Promise.all(
      numbers.map((n) => new DurableStream({ url, contentType: "application/json" }).append(`{"n":${n}}`)),
    );
  const seen = () => page.evaluate(() => window.app.seen);
  const expectSeen = async (numbers: readonly number[]) => {
    await expect.poll(seen, { timeout: 10_000 }).toEqual({ sse: numbers, "long-poll": numbers });
  };
  const upTo = (end: number) => Array.from({ length: end }, (_, n) => n);

  test("it tails over SSE and long-poll, and ends with the stream", async () => {
    for (const n of upTo(5)) await append(n);
    await expectSeen(upTo(5));
    await DurableStream.connect({ url }).then((handle) => handle.close({ body: '{"n":5}' }));
    await page.evaluate(() => window.app.ended());
    expect(await seen()).toEqual({ sse: upTo(6), "long-poll": upTo(6) });
  });

  test("it goes offline and online, and misses nothing", async () => {
    await append(0);
    await expectSeen([0]);
    for (const round of [0, 1, 2]) {
      await page.context().setOffline(true);
      await append(round * 2 + 1);
      await page.context().setOffline(false);
      await append(round * 2 + 2);
      await expectSeen(upTo(round * 2 + 3));
    }
  });

  test("its tab is hidden and shown, and misses nothing", async () => {
    // A headless browser has no tabs to hide: the page is told what it would be told.
    const setHidden = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, "hidden", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await append(0);
    await expectSeen([0]);
    for (const round of [0, 1, 2]) {
      await setHidden(true);
      await append(round * 2 + 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await seen()).toEqual({ sse: upTo(round * 2 + 1), "long-poll": upTo(round * 2 + 1) });
      await setHidden(false);
      await append(round * 2 + 2);
      await expectSeen(upTo(round * 2 + 3));
    }
  });

  test("it writes every message once and in order", async () => {
    await page.evaluate((at) => window.app.write(at, 0, 200), url);
    await expectSeen(upTo(200));
  });

  // The official server does not let other origins see that its events are base64.
  const readsBytes = name === "@perennial/server";
  test(`it ${readsBytes ? "reads" : "cannot read"} bytes over SSE from another origin`, async () => {
    const bytesUrl = `${url}-bytes`;
    const handle = await DurableStream.create({ url: bytesUrl, contentType: "application/octet-stream" });
    const received = page.evaluate((at) => window.app.readBytes(at), bytesUrl);
    const bytes = Uint8Array.from(upTo(256));
    await expect.poll(async () => (await handle.head()).exists).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await handle.append(bytes);
    if (readsBytes) expect(await received).toEqual(upTo(256));
    else expect(await received).not.toEqual(upTo(256));
  });
});
