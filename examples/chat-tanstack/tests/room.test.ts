import { DurableStream } from "@perennial/client";
import { App } from "@perennial/example-chat-ai-sdk/tests/app";
import { launchChromium } from "@perennial/example-chat-ai-sdk/tests/chromium";
import {
  answers,
  ask,
  finished,
  lengthOf,
  midAnswer,
  openPage,
} from "@perennial/example-chat-ai-sdk/tests/pages";
import { createServer } from "@perennial/server";
import { compactDurableChatSession } from "@perennial/tanstack-ai";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DIST } from "./program.ts";

const streams = createServer({ port: 0, drainMs: 0 });
let app: App;
let browser: Browser;
beforeAll(async () => {
  await streams.start();
  const options = { STREAMS: `${streams.url}/v1/stream` };
  [app, browser] = await Promise.all([App.start(DIST, options), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await streams.stop();
});

const open = (address = app.url, options = {}) => openPage(browser, address, options);
const bubbles = (page: Page) => page.locator(".user p:not(.end)").allTextContents();

async function rename(page: Page, name: string): Promise<void> {
  await page.locator(".me").click();
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Your name").press("Enter");
  await page.locator(".me", { hasText: name }).waitFor();
}

test("a reload in mid-answer loses nothing, doubles nothing, and asks the model once", async () => {
  const question = "Why does this answer survive a reload?";
  const { calls } = await app.model();
  const page = await open();
  await ask(page, question);
  await midAnswer(page);
  await page.reload();
  await expect.poll(() => lengthOf(page)).toBeGreaterThan(120);
  await page.reload();
  await midAnswer(page);
  await finished(page);
  expect(await answers(page)).toEqual([await app.script(question)]);
  expect((await app.model()).calls).toBe(calls + 1);
  // And later, out of the folded history.
  await page.reload();
  await expect.poll(() => answers(page)).toEqual([await app.script(question)]);
  expect(await bubbles(page)).toEqual([question]);
});

test("two browsers on one room see each other, the same words, and who said what", async () => {
  const ada = await open();
  await rename(ada, "Ada");
  await ask(ada, "First, from Ada");
  await midAnswer(ada);
  const grace = await open(ada.url());
  await rename(grace, "Grace Hopper");
  await midAnswer(grace);
  await ada.getByTitle("Grace Hopper").waitFor();
  await grace.getByTitle("Ada").waitFor();
  await grace.getByLabel("Your message").pressSequentially("I am typ");
  await ada.getByText("Grace Hopper is typing").waitFor();
  // Whoever says something while an answer is written is answered after it.
  await ask(grace, "Second, from Grace");
  await ada.getByText("Second, from Grace").waitFor();
  for (const page of [ada, grace])
    await expect.poll(async () => (await answers(page)).length, { timeout: 30_000 }).toBe(2);
  await Promise.all([finished(ada), finished(grace)]);
  const all = [await app.script("First, from Ada"), await app.script("Second, from Grace")];
  for (const page of [ada, grace]) await expect.poll(() => answers(page)).toEqual(all);
  expect(await ada.locator(".user:not(.mine) h3").textContent()).toBe("Grace Hopper");
  await grace.close();
  await ada.getByTitle("Grace Hopper").waitFor({ state: "detached" });
});

test("a network that goes and comes back costs no word, and what could not be sent waits", async () => {
  const question = "What if my network goes?";
  const page = await open();
  await ask(page, question);
  await midAnswer(page);
  await page.context().setOffline(true);
  const other = await open(page.url());
  await midAnswer(other);
  await ask(page, "@you are you there?");
  await page.getByText("Not sent").waitFor();
  await expect.poll(() => lengthOf(other), { timeout: 20_000 }).toBeGreaterThan(400);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Send again" }).click();
  await other.getByText("@you are you there?").waitFor();
  await finished(page);
  await expect.poll(() => answers(page), { timeout: 20_000 }).toEqual([await app.script(question)]);
  await expect.poll(() => bubbles(other)).toEqual([question, "@you are you there?"]);
});

test("a stop in the second browser stops the model, for both", async () => {
  const question = "Stop me from elsewhere";
  const first = await open();
  await ask(first, question);
  await midAnswer(first);
  const second = await open(first.url());
  await midAnswer(second);
  const asked = performance.now();
  await second.getByRole("button", { name: "Stop", exact: true }).click();
  await first.getByText("Stopped", { exact: true }).waitFor();
  console.log(`stopped: the other browser showed it after ${(performance.now() - asked).toFixed()} ms`);
  await second.getByText("Stopped", { exact: true }).waitFor();
  const [said] = await answers(first);
  expect((await app.script(question)).startsWith(said!)).toBe(true);
  await expect.poll(() => answers(second)).toEqual([said]);
});

test("readers of a writer that is killed are told, keep what was written, and may ask again", async () => {
  const question = "What happens when the writer is killed?";
  const page = await open();
  await ask(page, question);
  await midAnswer(page);
  const other = await open(page.url());
  await midAnswer(other);
  process.kill((await app.model()).writer, "SIGKILL");
  const killed = performance.now();
  for (const reader of [page, other])
    await reader.getByText("Broke off: the process that wrote it is gone.").waitFor({ timeout: 15_000 });
  console.log(`killed: both browsers said so after ${(performance.now() - killed).toFixed()} ms`);
  const [said] = await answers(page);
  expect((await app.script(question)).startsWith(said!)).toBe(true);
  await ask(page, "Once more");
  await expect.poll(async () => (await answers(page)).length, { timeout: 20_000 }).toBe(2);
  await finished(page);
  await expect.poll(() => answers(other)).toEqual([said, await app.script("Once more")]);
  // Whoever comes now is told, too.
  const late = await open(page.url());
  await late.getByText("Broke off: the process that wrote it is gone.").waitFor();
});

test("an order waits until somebody agrees; the other sees who did", async () => {
  const ada = await open();
  await ask(ada, "Order 3 pizzas");
  const bob = await open(ada.url());
  await rename(bob, "Bob");
  await bob.getByRole("region", { name: "Approval" }).getByText("Order 3 × pizzas").waitFor();
  await bob.getByRole("button", { name: "Agree" }).click();
  for (const page of [ada, bob]) {
    await page.getByText("Order 3 × pizzas: agreed by Bob").waitFor();
    await page.getByText("Done: 3 × pizzas, order P-").waitFor();
    await page.getByRole("region", { name: "Approval" }).waitFor({ state: "detached" });
  }
  await ask(ada, "Order 9 cakes");
  await ada.getByRole("button", { name: "Refuse" }).click();
  await bob.getByText("All right, I have ordered nothing.").waitFor();
});

test("the first view of 200 turns that were folded reads at most a tenth of the bytes", async () => {
  const writeUrl = `${streams.url}/v1/stream/room/long`;
  await fillRoom(writeUrl, 200);
  const view = async () => {
    const page = await (await browser.newContext()).newPage();
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    const ofRoom = new Set<string>();
    let bytes = 0;
    network.on("Network.requestWillBeSent", ({ requestId, request }) => {
      if (request.url.includes("/api/room/") && request.method === "GET") ofRoom.add(requestId);
    });
    network.on("Network.dataReceived", ({ requestId, dataLength }) => {
      if (ofRoom.has(requestId)) bytes += dataLength;
    });
    await page.goto(`${app.url}/#long`);
    await expect.poll(async () => (await answers(page)).length, { timeout: 30_000 }).toBe(200);
    const last = (await answers(page)).at(-1);
    await page.close();
    return { bytes, last };
  };
  const whole = await view();
  expect(await compactDurableChatSession({ writeUrl })).toMatchObject({ kind: "written" });
  const folded = await view();
  console.log(`200 turns: ${whole.bytes} bytes unfolded, ${folded.bytes} folded`);
  expect(folded.last).toBe(whole.last);
  expect(folded.bytes).toBeGreaterThan(50_000);
  expect(folded.bytes).toBeLessThanOrEqual(whole.bytes / 10);
});

/** Turns of 150 tokens, as agents write them. */
async function fillRoom(url: string, turns: number): Promise<void> {
  const session = await DurableStream.create({ url, contentType: "application/json", warnOnHttp: false });
  const person = { actor: { id: "ada", name: "Ada" } };
  for (let turn = 0; turn < turns; turn++) {
    const [runId, messageId] = [`r${turn}`, `a${turn}`];
    const agent = { actor: { id: "sage", name: "Sage", kind: "agent" }, runId };
    const timestamp = 1_790_000_000_000;
    const chunks = [
      { type: "TEXT_MESSAGE_START", messageId: `u${turn}`, role: "user", metadata: person, timestamp },
      { type: "TEXT_MESSAGE_CONTENT", messageId: `u${turn}`, delta: `Question ${turn}`, timestamp },
      { type: "TEXT_MESSAGE_END", messageId: `u${turn}`, timestamp },
      { type: "RUN_STARTED", runId, threadId: "t", metadata: agent, timestamp },
      { type: "TEXT_MESSAGE_START", messageId, role: "assistant", metadata: agent, timestamp },
      ...Array.from({ length: 150 }, (_, n) => ({
        ...{ type: "TEXT_MESSAGE_CONTENT", messageId, delta: ` word${n}`, timestamp },
      })),
      { type: "TEXT_MESSAGE_END", messageId, timestamp },
      { type: "RUN_FINISHED", runId, threadId: "t", finishReason: "stop", timestamp },
    ];
    await Promise.all(chunks.map((chunk) => session.append(JSON.stringify(chunk))));
  }
}

test("names and words of strangers are text, and a broken chunk breaks no page", async () => {
  const page = await open();
  const room = new URL(page.url()).hash.slice(1);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const evil = `<img src=x onerror="document.title='owned'">`;
  const body = {
    messages: [{ id: "evil", role: "user", parts: [{ type: "text", content: `@x ${evil}` }] }],
    actor: { id: "eve", name: evil },
  };
  const headers = { "content-type": "application/json" };
  const post = (json: unknown) =>
    fetch(`${app.url}/api/room/${room}`, { method: "POST", headers, body: JSON.stringify(json) });
  expect((await post(body)).status).toBe(202);
  await page.getByText(`@x ${evil}`).waitFor();
  expect(await page.locator(".user h3").textContent()).toBe(evil);
  expect(await page.title()).toBe("Perennial room");
  const session = new DurableStream({
    ...{ url: `${streams.url}/v1/stream/room/${room}`, contentType: "application/json", warnOnHttp: false },
  });
  const message = { type: "CUSTOM", name: "perennial.message" };
  const parts = [
    null,
    7,
    { type: "text", content: {} },
    { type: "tool-call", approval: { id: {} } },
    { type: "text", content: "still" },
  ];
  await session.append(
    JSON.stringify({
      ...message,
      value: { id: "b", role: "user", parts, metadata: { actor: 7, approvals: 7 } },
    }),
  );
  await session.append(JSON.stringify({ type: "RUN_STARTED", runId: {}, metadata: null }));
  await session.append(JSON.stringify({ type: "MESSAGES_SNAPSHOT", messages: 5 }));
  await page.getByText("still", { exact: true }).waitFor();
  expect(problems).toEqual([]);
});

test("it can be used at 390 px, in the dark, and by its keys alone", async () => {
  const page = await open(app.url, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await page.getByRole("heading", { name: "Everybody reads along." }).waitFor();
  await page.getByLabel("Your message").focus();
  await page.keyboard.type("By keys alone, with a wordthatismuchlongerthananyphoneiswideandgoesonandonandon");
  await page.keyboard.press("Enter");
  await midAnswer(page);
  const width = page.evaluate(() =>
    Math.max(...[...document.querySelectorAll("*")].map((part) => part.getBoundingClientRect().right)),
  );
  expect(await width).toBeLessThanOrEqual(390);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Stopped", { exact: true }).waitFor();
});
