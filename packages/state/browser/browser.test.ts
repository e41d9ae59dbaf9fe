import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import { appendEvents } from "@perennial/state";
import { findChromium } from "@perennial/testing/chromium";
import { type Browser, chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { user } from "../tests/support/board.ts";
import type { App, Loaded } from "./page.ts";

declare global {
  interface Window {
    readonly stateApp: App;
  }
}

/** The page with React as it is developed with: in production StrictMode does nothing. */
async function bundle(environment: "development" | "production"): Promise<string> {
  const build = await rolldown({
    input: fileURLToPath(new URL("page.ts", import.meta.url)),
    resolve: { conditionNames: ["perennial-source", "import", "default"] },
    transform: { define: { "process.env.NODE_ENV": JSON.stringify(environment) } },
  });
  const { output } = await build.generate({ format: "esm", minify: environment === "production" });
  return output[0].code;
}

/** Serves the page in both ways, by path. */
async function servePage(): Promise<Server> {
  const pages = { "/development": await bundle("development"), "/production": await bundle("production") };
  const server = createHttpServer(({ url }, response) => {
    const code = pages[url as keyof typeof pages] ?? "";
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>test</title><body><script type="module">${code}</script></body>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

let browser: Browser;
let site: Server;
let page: Page;
const streams = createServer({ port: 0, drainMs: 0 });
const problems: string[] = [];
const streamUrl = (name: string) => `${streams.url}/v1/stream/${name}`;
const create = (name: string) =>
  DurableStream.create({ url: streamUrl(name), contentType: "application/json", warnOnHttp: false });

beforeAll(async () => {
  await streams.start();
  site = await servePage();
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser.close();
  site.close();
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

const open = (environment: string) =>
  page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/${environment}`);
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
  test("never block the page for 50 ms while they load", async () => {
    const stream = await create("large");
    for (let from = 0; from < 100_000; from += 10_000) {
      await appendEvents(
        stream,
        Array.from({ length: 10_000 }, (_, index) => user(`user-${from + index}`, `User ${from + index}`)),
      );
    }
    await open("production");
    const load = (by: "ours" | "official") =>
      page.evaluate(([url, which]) => window.stateApp.load(url, which), [stream.url, by] as const);
    const loads = { ours: [] as Loaded[], official: [] as Loaded[] };
    // Whoever goes first in one round goes last in the next.
    for (const first of ["ours", "official", "ours", "official"] as const) {
      const second = first === "ours" ? "official" : "ours";
      for (const by of [first, second] as const) loads[by].push(await load(by));
    }
    console.log(JSON.stringify(loads));
    const { ours } = loads;
    expect(new Set(ours.map(({ rows }) => rows))).toEqual(new Set([100_000]));
    // A busy machine blocks pages as well: what does not happen every time is not our doing.
    expect(ours.map(({ blocks }) => blocks)).toContainEqual([]);
  });
});
