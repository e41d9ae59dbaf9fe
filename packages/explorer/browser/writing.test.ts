import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

/** Presses a button of the stream's menu. */
async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name }).click();
}

const stored = async (path: string): Promise<string> => (await fetch(explorer.server.url(path))).text();

test("a message is appended when it is JSON, and not before", async () => {
  await explorer.server.create("append", "application/json");
  const page = await explorer.open("/streams/append");
  await page.getByText("Nothing has been written yet.").waitFor();
  await page.keyboard.press("a");
  const box = page.getByRole("textbox", { name: "Message to append" });
  const button = page.getByRole("button", { name: "Append", exact: true }).last();
  await box.fill('{"text": ');
  expect(await button.isDisabled()).toBe(true);
  await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/JSON/);
  await box.fill('[1, {"two": 2}]');
  await box.press("Control+Enter");
  await expect.poll(() => page.locator(".message-preview").allTextContents()).toEqual(['[1, {"two": 2}]']);
  expect(await stored("append")).toBe('[[1, {"two": 2}]]');
  await expect.poll(() => box.inputValue()).toBe("");
});

test("lines and bytes are appended too", async () => {
  await explorer.server.create("append-text", "text/plain");
  await explorer.server.create("append-bytes", "application/octet-stream");
  for (const [path, text] of [
    ["append-text", "a line"],
    ["append-bytes", "48 69"],
  ] as const) {
    const page = await explorer.open(`/streams/${path}`);
    await page.getByText("Live").waitFor();
    await page.getByRole("button", { name: "Append" }).click();
    await page.getByRole("textbox", { name: "Message to append" }).fill(text);
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => page.locator(".message-preview").count()).toBe(1);
  }
  expect([await stored("append-text"), await stored("append-bytes")]).toEqual(["a line\n", "Hi"]);
});

test("what does not fit into a stream with a limit is refused in words, and stays in the box", async () => {
  const url = explorer.server.url("limited");
  const headers = { "content-type": "text/plain", "stream-max-bytes": "1000" };
  await fetch(url, { method: "PUT", headers, body: "x".repeat(990) });
  const page = await explorer.open("/streams/limited", { viewport: { width: 390, height: 844 } });
  await page.getByText("990 B of 1.0 kB").waitFor();
  await page.getByRole("button", { name: "Append" }).click();
  const box = page.getByRole("textbox", { name: "Message to append" });
  await box.fill("more than fits");
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/^The stream may hold 1000 bytes/);
  expect(await box.inputValue()).toBe("more than fits");
  expect(await page.locator("form").evaluate((form) => form.scrollWidth - form.clientWidth)).toBe(0);
});

test("closing asks first", async () => {
  await explorer.server.create("to-close", "text/plain", "x");
  const page = await explorer.open("/streams/to-close");
  await page.getByText("Live").waitFor();
  await choose(page, "Close the stream…");
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await page.getByRole("dialog").count()).toBe(0);
  await choose(page, "Close the stream…");
  await page.getByRole("button", { name: "Close for good" }).click();
  await expect.poll(() => page.locator(".badge").textContent()).toBe("Closed");
  const answer = await fetch(explorer.server.url("to-close"), { method: "HEAD" });
  expect(answer.headers.get("Stream-Closed")).toBe("true");
});

test("deleting asks first", async () => {
  await explorer.server.create("to-delete", "text/plain", "x");
  const page = await explorer.open("/streams/to-delete");
  await page.getByText("Live").waitFor();
  await choose(page, "Delete the stream…");
  expect(await stored("to-delete")).toBe("x");
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("There is no such stream").waitFor();
  await expect.poll(() => page.getByRole("treeitem", { name: "to-delete" }).count()).toBe(0);
});
