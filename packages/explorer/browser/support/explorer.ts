/** A server and a browser for the tests of a file, and pages that are watched while they are tested. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchChromium } from "./chromium.ts";
import { startServer, type TestServer } from "./server.ts";

export interface Explorer {
  readonly server: TestServer;
  /** Opens the explorer at a path, in a window of its own. */
  open(path: string, options?: OpenOptions): Promise<Page>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Where the page is fetched from, if not from the server itself. */
  readonly origin?: string;
}

/**
 * To be called at the top of a test file. After each test it holds every page that was open to this: no request to
 * another host, no breach of the Content-Security-Policy, no exception.
 */
export function startExplorer(): Explorer {
  let server: TestServer | undefined;
  let browser: Browser | undefined;
  const pages: Page[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchChromium()]);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return {
    get server() {
      return server!;
    },
    async open(path, { origin = server!.origin, ...options } = {}) {
      const context = await browser!.newContext({
        viewport: { width: 1360, height: 820 },
        permissions: ["clipboard-read", "clipboard-write"],
        ...options,
      });
      const page = await context.newPage();
      pages.push(page);
      watch(page, origin, complaints);
      await page.goto(origin + path);
      return page;
    },
  };
}

function watch(page: Page, origin: string, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(`exception: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    const isBreach = /Content Security Policy|Refused to/i.test(message.text());
    if (isBreach) complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    // What the page itself holds in memory has its origin behind the scheme.
    if (
      !request
        .url()
        .replace(/^blob:/, "")
        .startsWith(`${origin}/`)
    )
      complaints.push(`request to ${request.url()}`);
  });
}

/** What the clipboard holds. */
export function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}
