import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { clipboard, startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

const slider = (page: Page) => page.getByRole("slider", { name: "Position in the stream" });
const chosen = (page: Page) => page.locator('.message[aria-selected="true"] .message-preview').textContent();

async function openNumbers(path: string, count: number, query = ""): Promise<Page> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  await explorer.server.create(path, "application/json", JSON.stringify(numbers));
  return await explorer.open(`/streams/${path}${query}`);
}

test("the slider travels through the whole stream, and what lies behind is later", async () => {
  const page = await openNumbers("travel", 5000);
  await page.getByText("5\u202f000 messages").waitFor();
  await slider(page).fill("1000");
  await expect.poll(() => chosen(page)).toBe("999");
  await page.getByText("As it was after 1\u202f000 of 5\u202f000").waitFor();
  const later = page.locator(".message.later .message-preview");
  await expect.poll(() => later.first().textContent()).toBe("1000");
  await page.getByRole("button", { name: "Back to now" }).click();
  await page.getByText("4999", { exact: true }).waitFor();
  expect(await later.count()).toBe(0);
});

test("a position is an address that can be shared", async () => {
  const page = await openNumbers("shared", 3000);
  await page.getByText("3\u202f000 messages").waitFor();
  await slider(page).fill("1234");
  await expect.poll(() => chosen(page)).toBe("1233");
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = new URL(await clipboard(page));
  await expect.poll(() => page.url()).toBe(link.href);
  const other = await explorer.open(link.pathname + link.search);
  await expect.poll(() => chosen(other)).toBe("1233");
  await other.getByText("As it was after 1\u202f234 of 3\u202f000").waitFor();
});

test("the link leads to the panel that is open", async () => {
  const page = await openNumbers("shared-panel", 10, "?panel=state");
  await page.getByText("10 messages").waitFor();
  await slider(page).fill("4");
  await page.getByText("As it was after 4 of 10").waitFor();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect.poll(() => clipboard(page)).toContain("panel=state");
  const link = new URL(await clipboard(page));
  const other = await explorer.open(link.pathname + link.search);
  await other.getByText("As it was after 4 of 10").waitFor();
  await other.getByText("No message up to here is an event").waitFor();
});

test("the keyboard goes from message to message, and back to now", async () => {
  const page = await openNumbers("keys", 500);
  await page.getByText("499", { exact: true }).waitFor();
  await page.keyboard.press("m");
  await page.keyboard.press("k");
  await expect.poll(() => chosen(page)).toBe("499");
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => chosen(page)).toBe("498");
  await page.keyboard.press("g");
  await expect.poll(() => chosen(page)).toBe("0");
  await page.keyboard.press("j");
  await expect.poll(() => chosen(page)).toBe("1");
  await page.keyboard.press("Escape");
  await page.getByText("499", { exact: true }).waitFor();
  await page.keyboard.press("s");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => chosen(page)).toBe("498");
});

test("a histogram shows where much was written", async () => {
  const page = await openNumbers("histogram", 300);
  await expect.poll(() => page.locator(".histogram-bars").getAttribute("d")).toMatch(/^M0\.1 1v-0\.\d+h0\.8/);
});
