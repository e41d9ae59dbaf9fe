/** `useDurableChat` in Chromium, in React's StrictMode, with the real server. */
import { createServer } from "@perennial/server";
import { findChromium } from "@perennial/testing/chromium";
import { chat } from "@tanstack/ai";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { scriptedAdapter } from "../tests/support/scripted-adapter.ts";
import type { ChatPage } from "./page.ts";
import { type Site, serveSite } from "./site.ts";

declare const chatPage: ChatPage;

let browser: Browser;
let site: Site;
const streams = createServer({ port: 0, drainMs: 0 });
const problems: string[] = [];
let calls = 0;
let says: (text: string) => AsyncIterable<string> | Iterable<string>;

beforeAll(async () => {
  await streams.start();
  const adapter = scriptedAdapter((text) => {
    calls++;
    return says(text);
  });
  const answer = ({ messages, ...turn }: { messages: unknown[] }) =>
    chat({ ...turn, adapter, messages: messages as never });
  site = await serveSite(`${streams.url}/v1/stream/chats`, [{ id: "helper", name: "Helper", answer }]);
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  site?.stop();
  await streams.stop();
});
beforeEach(() => {
  problems.length = 0;
  calls = 0;
  says = (text) => ["You said: ", text];
});

async function open(room: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(site.url);
  await page.evaluate(([at, who]) => chatPage.show(at, who), [room, name] as const);
  await page.locator("#talk").waitFor();
  return page;
}

const lines = (page: Page) => page.locator("li").allTextContents();
const shows = (page: Page, ...expected: string[]) =>
  expect.poll(() => lines(page), { timeout: 15_000 }).toEqual(expected);
const people = (page: Page) => expect.poll(() => page.locator("#people").textContent(), { timeout: 15_000 });
const send = (page: Page, text: string) => page.evaluate((said) => void chatPage.send(said), text);

test("two browsers talk with an agent, and see each other, with no error and one reader each", async () => {
  const [ada, bob] = [await open("two", "Ada"), await open("two", "Bob")];
  for (const page of [ada, bob]) await people(page).toBe("Ada 1, Bob 1");
  await send(ada, "hello");
  for (const page of [ada, bob]) await shows(page, "Ada: hello", "Helper: You said: hello");
  expect([site.readers(), calls, problems]).toEqual([2, 1, []]);
  await bob.close();
  await people(ada).toBe("Ada 1");
  await ada.close();
});

test("goes to another session, away and back again, and reads it anew", async () => {
  const page = await open("first", "Ada");
  await send(page, "one");
  await shows(page, "Ada: one", "Helper: You said: one");
  await page.evaluate(() => chatPage.show("second"));
  await shows(page);
  await page.evaluate(() => chatPage.show(undefined));
  await expect.poll(() => site.readers()).toBe(0);
  await page.evaluate(() => chatPage.show("first"));
  await shows(page, "Ada: one", "Helper: You said: one");
  expect(problems).toEqual([]);
  await page.close();
});

test("a page that is reloaded in mid-answer has each word once, and draws far less often than words come", async () => {
  says = async function* () {
    for (let word = 0; word < 400; word++) {
      yield `w${word} `;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const page = await open("long", "Ada");
  await send(page, "count");
  await expect.poll(async () => (await lines(page)).at(-1), { timeout: 15_000 }).toContain("w50 ");
  await page.reload();
  await page.evaluate(() => chatPage.show("long", "Ada"));
  const all = Array.from({ length: 400 }, (_, word) => `w${word} `).join("");
  await shows(page, "Ada: count", `Helper: ${all}`);
  expect(calls).toBe(1);
  expect(await page.evaluate(() => chatPage.renders())).toBeLessThan(400);
  expect(problems).toEqual([]);
  await page.close();
});

test("a network that goes and comes back loses nothing, and what could not be sent says so", async () => {
  const page = await open("offline", "Ada");
  await send(page, "one");
  await shows(page, "Ada: one", "Helper: You said: one");
  await page.context().setOffline(true);
  await send(page, "two");
  await shows(page, "Ada: one", "Helper: You said: one", "Ada: two (failed)");
  const other = await open("offline", "Bob");
  await send(other, "three");
  await page.context().setOffline(false);
  const later = ["Bob: three", "Helper: You said: three"];
  await shows(page, "Ada: one", "Helper: You said: one", ...later, "Ada: two (failed)");
  await page.close();
});
