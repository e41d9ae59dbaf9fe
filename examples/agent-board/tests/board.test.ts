import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";

let server: ViteDevServer;
let browser: Browser;
let ada: Page;
let grace: Page;

/** A window of its own, as another person has it. */
async function openWindow(name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${origin()}/window.html?name=${name}`);
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  return page;
}

function origin(): string {
  const address = server.httpServer?.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  return `http://localhost:${address.port}`;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("A message").fill(text);
  await page.getByLabel("A message").press("Enter");
}

/** The messages that a window shows, in its order; `pending` for those that are not in the stream yet. */
async function messagesOf(page: Page): Promise<string[]> {
  return await page
    .locator("section[aria-label=Messages] li")
    .evaluateAll((items) =>
      items.map((item) => `${item.textContent}${item.className === "pending" ? " (pending)" : ""}`),
    );
}

beforeAll(async () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  server = await createServer({ root, server: { port: 0, host: "localhost" }, logLevel: "error" });
  await server.listen();
  browser = await launchChromium();
  [ada, grace] = await Promise.all([openWindow("Ada"), openWindow("Grace")]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

test("what one window says, the other shows", async () => {
  await say(ada, "Hello");
  await grace.getByText("Ada Hello").waitFor();
  await expect.poll(() => messagesOf(ada)).toEqual(["Ada Hello"]);
});

test("everybody sees who is here, in their colour", async () => {
  for (const name of ["Ada", "Grace", "Agent"]) await ada.getByText(`${name}: online`).waitFor();
  await grace.getByRole("button", { name: "Grace: online" }).click();
  await ada.getByText("Grace: offline").waitFor();
});

test("an agent works on a task, and both windows follow", async () => {
  await ada.getByLabel("A task for the agent").fill("Count the stars");
  await ada.getByLabel("A task for the agent").press("Enter");
  const follow = async (page: Page): Promise<void> => {
    await page.getByText("Count the stars: running").waitFor();
    await page.getByText("Count the stars: done").waitFor();
    await page.getByText("Agent Done: Count the stars").waitFor();
  };
  await Promise.all([follow(ada), follow(grace)]);
  await grace.getByRole("button", { name: "Remove Count the stars" }).click();
  await expect.poll(() => ada.getByText("Count the stars: done").count()).toBe(0);
});

test("a window without a connection goes on, and catches up", async () => {
  const before = await messagesOf(ada);
  await ada.getByRole("button", { name: "Cut the connection" }).click();
  await say(ada, "Anybody there?");
  await say(grace, "Where is Ada?");
  await grace.getByText("Grace Where is Ada?").waitFor();
  expect(await messagesOf(ada)).toEqual([...before, "Ada Anybody there? (pending)"]);
  expect(await messagesOf(grace)).not.toContain("Ada Anybody there?");
  await ada.getByRole("button", { name: "Restore the connection" }).click();
  const after = [...before, "Ada Anybody there?", "Grace Where is Ada?"];
  await expect.poll(() => messagesOf(ada), { timeout: 20_000 }).toEqual(after);
  await expect.poll(() => messagesOf(grace)).toEqual(after);
});

test("the start page has two windows side by side", async () => {
  const page = await browser.newPage();
  await page.goto(origin());
  const [left, right] = [page.frameLocator("iframe >> nth=0"), page.frameLocator("iframe >> nth=1")];
  await left.getByLabel("A message").fill("Next door");
  await left.getByLabel("A message").press("Enter");
  await right.getByText("Ada Next door").waitFor();
});
