import { createServer } from "@perennial/server";
import { appendEvents } from "@perennial/state";
import { findChromium } from "@perennial/testing/chromium";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { user } from "../tests/support/board.ts";
import { createLargeStream, createStateStream, type Site, serveSite } from "./site.ts";

let browser: Browser;
let site: Site;
let page: Page;
const streams = createServer({ port: 0, drainMs: 0 });
const problems: string[] = [];
const streamUrl = (name: string) => `${streams.url}/v1/stream/${name}`;
const create = (name: string) => createStateStream(streamUrl(name));

beforeAll(async () => {
  await streams.start();
  site = await serveSite();
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser.close();
  site.stop();
  await streams.stop();
});
beforeEach(async () => {
  problems.length = 0;
  page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
});

const open = (environment: "development" | "production") => page.goto(site.url(environment));
const show = (url: string | undefined) => page.evaluate((at) => window.stateApp.show(at), url);
const board = () => page.textContent("#board");

describe("useStreamDB in React's StrictMode", () => {
  test("shows the rows and what is appended, with no error and one reader", async () => {
    const stream = await create("strict");
    await appendEvents(stream, [user("1", "Ada")]);
    await open("development");
    await show(stream.url);
    await expect.poll(board).toBe("ready [Ada]");
    await appendEvents(stream, [user("2", "Grace")]);
    await expect.poll(board).toBe("ready [Ada Grace]");
    // StrictMode has made more than one; all but one are closed, or were never read from.
    const statuses = await page.evaluate(() => window.stateApp.statuses());
    expect(statuses.filter((status) => status === "ready")).toHaveLength(1);
    expect(statuses).toContain("closed");
    expect([await page.evaluate(() => window.stateApp.errors()), problems]).toEqual([[], []]);
  });

  test("goes to another stream, away and back again", async () => {
    const [first, second] = [await create("first"), await create("second")];
    await appendEvents(first, [user("1", "Ada")]);
    await appendEvents(second, [user("1", "Grace")]);
    await open("development");
    await show(first.url);
    await expect.poll(board).toBe("ready [Ada]");
    await show(second.url);
    await expect.poll(board).toBe("ready [Grace]");
    await show(undefined);
    await expect.poll(board).toBe("nothing");
    const ready = () =>
      page.evaluate(() => window.stateApp.statuses().filter((status) => status === "ready"));
    expect(await ready()).toEqual([]);
    await show(first.url);
    await expect.poll(board).toBe("ready [Ada]");
    expect(problems).toEqual([]);
  });

  test("says why a stream cannot be read", async () => {
    await open("development");
    await show(streamUrl("missing"));
    await expect.poll(board).toMatch(/^failed .*404.*\[\]$/);
    expect(await page.evaluate(() => window.stateApp.errors())).toHaveLength(1);
  });
});

describe("100,000 unique rows", () => {
  // For how long they block it depends on the machine, too: `npm run bench:browser` measures that.
  test("let the page have its turn again and again while they load", async () => {
    const stream = await createLargeStream(streamUrl("large"), 100_000);
    await open("production");
    const { rows, turns } = await page.evaluate((url) => window.stateApp.load(url, "ours"), stream.url);
    expect(rows).toBe(100_000);
    expect(turns).toBeGreaterThan(10);
  });
});
