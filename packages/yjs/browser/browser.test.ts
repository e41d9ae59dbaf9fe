/** The provider in Chromium: what only a browser has, such as pages that are left, tabs, and IndexedDB. */
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createServer } from "@perennial/server";
import { findChromium } from "@perennial/testing/chromium";
import { YjsServer } from "@perennial/yjs/server";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { App, OpenOptions } from "./page.ts";

declare global {
  interface Window {
    readonly yjsApp: App;
  }
}

let browser: Browser;
let site: Server;
let yjs: YjsServer;
const streams = createServer();
const contexts: BrowserContext[] = [];
let docId: string;
let documents = 0;

beforeAll(async () => {
  yjs = new YjsServer({ dsServer: streams });
  const [, html] = await Promise.all([yjs.start(), bundledPage()]);
  site = createHttpServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => site.listen(0, "localhost", resolve));
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});
beforeEach(() => {
  docId = `document-${documents++}`;
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await yjs.stop();
  await streams.stop();
});

async function bundledPage(): Promise<string> {
  const build = await rolldown({
    input: fileURLToPath(new URL("page.ts", import.meta.url)),
    resolve: { conditionNames: ["perennial-source", "browser", "import", "default"] },
  });
  const { output } = await build.generate({ format: "esm" });
  return `<!doctype html><title>test</title><script type="module">${output[0].code}</script>`;
}

/** A browser of its own, as another person has it. */
async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  contexts.push(context);
  return context;
}

async function open(
  context: BrowserContext,
  name: string,
  options: Partial<OpenOptions> = {},
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => window.yjsApp !== undefined);
  const all = { baseUrl: `${yjs.url}/v1/yjs/test`, docId, name, ...options };
  await page.evaluate((given) => window.yjsApp.open(given), all);
  return page;
}

const text = (page: Page) => page.evaluate(() => window.yjsApp.text());
const type = (page: Page, added: string) => page.evaluate((given) => window.yjsApp.type(given), added);
const names = (page: Page) => page.evaluate(() => window.yjsApp.names());
const isSynced = (page: Page) => page.evaluate(() => window.yjsApp.isSynced());

/** Addresses of a browser's requests for its document from now on, by method. */
function requestsOf(context: BrowserContext, method: string): string[] {
  const urls: string[] = [];
  context.on("request", (request) => {
    const url = request.url();
    if (request.method() === method && url.includes(docId) && !url.includes("awareness")) urls.push(url);
  });
  return urls;
}

test("who leaves a page, or closes it, is gone for the others at once", async () => {
  const [ada, grace, linus] = [
    await open(await newContext(), "Ada"),
    await open(await newContext(), "Grace"),
    await open(await newContext(), "Linus"),
  ];
  await expect.poll(() => names(ada)).toEqual(["Ada", "Grace", "Linus"]);
  // Silent peers are dropped after 30 s; this is long before.
  await grace.goto("about:blank");
  await expect.poll(() => names(ada), { timeout: 8_000 }).toEqual(["Ada", "Linus"]);
  await linus.close({ runBeforeUnload: true });
  await expect.poll(() => names(ada), { timeout: 8_000 }).toEqual(["Ada"]);
});

test("y-indexeddb beside it: what a closed page kept is sent by the next, once", async () => {
  const context = await newContext();
  const first = await open(context, "Ada", { isKept: true });
  await type(first, "one");
  await expect.poll(() => isSynced(first)).toBe(true);
  await first.close();
  const offline = await open(context, "Ada", { isKept: true, connect: false });
  expect(await text(offline)).toBe("one");
  await type(offline, " two");
  await expect.poll(() => keptBytes(offline)).toBeGreaterThan(0);
  await offline.close();
  const again = await open(context, "Ada", { isKept: true });
  await expect.poll(() => isSynced(again)).toBe(true);
  const grace = await open(await newContext(), "Grace");
  await expect.poll(() => text(grace)).toBe("one two");
});

/** Updates of the document that IndexedDB holds, when all that was begun before is stored. */
function keptBytes(page: Page): Promise<number> {
  return page.evaluate(async (name) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    return await new Promise<number>((resolve, reject) => {
      const counting = database.transaction("updates").objectStore("updates").count();
      counting.onsuccess = () => resolve(counting.result);
      counting.onerror = () => reject(counting.error);
    });
  }, docId);
}

test("y-indexeddb beside it: what the server has is not sent again", async () => {
  const context = await newContext();
  const first = await open(context, "Ada", { isKept: true });
  await type(first, "kept and stored");
  await expect.poll(() => isSynced(first)).toBe(true);
  await first.close();
  const posts = requestsOf(context, "POST");
  const again = await open(context, "Ada", { isKept: true });
  await expect.poll(() => isSynced(again)).toBe(true);
  expect(await text(again)).toBe("kept and stored");
  expect(posts).toEqual([]);
});

test("two tabs share one connection, and the second has it when the first is closed", async () => {
  const context = await newContext();
  const first = await open(context, "Ada");
  await expect.poll(() => isSynced(first)).toBe(true);
  const reads = requestsOf(context, "GET");
  const tab = await open(context, "Ada, too");
  await type(first, "from the first");
  await expect.poll(() => text(tab)).toBe("from the first");
  await type(tab, ", from the second");
  await expect.poll(() => text(first)).toBe("from the first, from the second");
  expect(reads).toEqual([]);
  await first.close();
  await type(tab, ", alone");
  await expect.poll(() => isSynced(tab)).toBe(true);
  const grace = await open(await newContext(), "Grace");
  await expect.poll(() => text(grace)).toBe("from the first, from the second, alone");
});
