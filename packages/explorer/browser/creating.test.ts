/** Streams made on the page: of the name that its form shows, with what was written into it, and none by accident. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";
import { startServer } from "./support/server.ts";

const explorer = startExplorer();

const field = (page: Page, name: string, role: "textbox" | "combobox" = "textbox") =>
  page.getByRole("dialog").getByRole(role, { name, exact: true });
const button = (page: Page) => page.getByRole("button", { name: "Create", exact: true });
const head = (path: string) => fetch(explorer.server.url(path), { method: "HEAD" });
const stored = async (path: string): Promise<string> => (await fetch(explorer.server.url(path))).text();

test("on a server without streams, the first one is made on the page, on a phone, too", async () => {
  const server = await startServer();
  try {
    const viewport = { width: 390, height: 844 };
    const page = await explorer.open("/", { origin: server.origin, viewport });
    await page.getByRole("button", { name: "New stream…" }).click();
    await field(page, "Name").fill("hello");
    // What lies below the form changes with it; what was written stays.
    await server.create("other", "text/plain");
    await page.getByRole("treeitem", { name: "other" }).waitFor();
    expect(await field(page, "Name").inputValue()).toBe("hello");
    expect(await page.getByRole("dialog").evaluate((form) => form.scrollWidth - form.clientWidth)).toBe(0);
    await page.keyboard.press("Enter");
    await page.getByText("Nothing has been written yet.").waitFor();
    expect(page.url()).toBe(`${server.origin}/streams/hello`);
    expect(await page.getByRole("dialog").count()).toBe(0);
  } finally {
    await server.stop();
  }
});

test("a stream has the name, type, time to live and first message that were asked for", async () => {
  const page = await explorer.open("/");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.press("n");
  await field(page, "Name").fill("logs/what?");
  await page.getByText("/v1/stream/logs/what%3F").waitFor();
  await field(page, "Type", "combobox").selectOption({ label: "Another content type…" });
  expect(await button(page).isDisabled()).toBe(true);
  await field(page, "Content type").fill("text/csv");
  await field(page, "Deleted when unused for").fill("2");
  await field(page, "First message, if any").fill("a,b");
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => page.locator(".message-preview").allTextContents()).toEqual(["a,b"]);
  expect(page.url()).toBe(`${explorer.server.origin}/streams/logs/what%3F`);
  const { headers } = await head("logs/what%3F");
  expect([headers.get("content-type"), headers.get("stream-ttl")]).toEqual(["text/csv", "7200"]);
  expect(await stored("logs/what%3F")).toBe("a,b\n");
});

test("a message that is a list is one message; what cannot be taken is said and not sent", async () => {
  const page = await explorer.open("/");
  await page.getByRole("button", { name: "New stream" }).first().click();
  await field(page, "Name").fill("a//b");
  await page.getByText("No stream can be called so").waitFor();
  expect(await button(page).isDisabled()).toBe(true);
  await field(page, "Name").fill("listed");
  await field(page, "Deleted when unused for").fill("soon");
  await page.getByText("A whole number").waitFor();
  expect(await button(page).isDisabled()).toBe(true);
  await field(page, "Deleted when unused for").fill("");
  await field(page, "First message, if any").fill("[1, 2");
  await page.getByRole("alert").filter({ hasText: "JSON" }).waitFor();
  expect(await button(page).isDisabled()).toBe(true);
  await field(page, "First message, if any").fill("[1, 2]");
  await button(page).click();
  await expect.poll(() => page.locator(".message-preview").allTextContents()).toEqual(["[1, 2]"]);
  expect(await stored("listed")).toBe("[[1, 2]]");
});

test("a name that is taken is refused, of the same type, too, and its stream left as it is", async () => {
  await explorer.server.create("taken", "application/json", '["mine"]');
  const page = await explorer.open("/");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.press("n");
  await field(page, "Name").fill("taken");
  await field(page, "First message, if any").fill('"yours"');
  await button(page).click();
  await page.getByText("There is a stream of this name already").waitFor();
  await field(page, "Type", "combobox").selectOption("text/plain");
  await button(page).click();
  await expect.poll(() => page.getByRole("alert").last().textContent()).not.toBe("");
  expect(await stored("taken")).toBe('["mine"]');
  await page.keyboard.press("Escape");
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(new URL(page.url()).pathname).toBe("/");
});

test("a stream that is not there is made where it was looked for", async () => {
  const page = await explorer.open("/streams/a%253Fb");
  await page.getByRole("button", { name: "Create it…" }).click();
  await expect.poll(() => page.getByRole("dialog").locator("code").textContent()).toBe("/v1/stream/a%253Fb");
  await field(page, "First message, if any").fill('"here"');
  await button(page).click();
  await expect.poll(() => page.locator(".message-preview").allTextContents()).toEqual(['"here"']);
  expect(await stored("a%253Fb")).toBe('["here"]');
  expect((await head("a%3Fb")).status).toBe(404);
});
