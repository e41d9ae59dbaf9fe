import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

const previews = (page: Page) => page.locator(".message-preview").allTextContents();
const searchBox = (page: Page) => page.getByRole("searchbox", { name: "Search messages" });
const status = (page: Page) => page.locator(".message-search [role=status]");

async function openOrders(page: string): Promise<Page> {
  const orders = Array.from({ length: 3000 }, (_, id) => ({
    ...{ id, who: id % 1000 === 500 ? "Ada" : "Bob", total: { cents: id * 2 } },
  }));
  await explorer.server.create(page, "application/json", JSON.stringify(orders));
  const opened = await explorer.open(`/streams/${page}`);
  await opened.getByText("Live").waitFor();
  return opened;
}

test("the filter lists what is found, counts it, and goes on with what comes", async () => {
  const page = await openOrders("orders/filtered");
  await searchBox(page).fill("who=Ada");
  await page.getByRole("button", { name: "Only hits" }).click();
  await expect.poll(() => status(page).textContent()).toBe("3 hits");
  expect(await previews(page)).toHaveLength(3);
  const handle = new URL(explorer.server.url("orders/filtered"));
  const body = '{"id":3000,"who":"Ada"}';
  await fetch(handle, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  await expect.poll(() => status(page).textContent()).toBe("4 hits");
  expect((await previews(page)).at(-1)).toBe(body);
  await page.getByRole("option").nth(1).click();
  await page.getByRole("heading", { name: /^Message 1.501$/ }).waitFor();
  await expect
    .poll(() => page.locator('.message[aria-selected="true"] .message-preview').textContent())
    .toContain('"id":1500,');
  await page.getByRole("button", { name: "Only hits" }).click();
  await expect.poll(async () => (await previews(page)).length).toBeGreaterThan(4);
});

test("an expression is found and marked, in the list and in the message", async () => {
  const page = await openOrders("orders/expression");
  await searchBox(page).fill('/"ad[aeo]"/i');
  await page.getByRole("button", { name: "Only hits" }).click();
  await expect
    .poll(() => page.locator(".messages-list mark").allTextContents())
    .toEqual(['"Ada"', '"Ada"', '"Ada"']);
  await page.getByRole("option").first().click();
  await expect
    .poll(() => page.getByRole("region", { name: "Content" }).locator("mark").allTextContents())
    .toEqual(['"Ada"']);
  await searchBox(page).fill("/(/");
  await page.getByRole("alert").getByText("A “(” has no “)”").waitFor();
  await searchBox(page).fill("/^(a+)+$/");
  await page.getByRole("option", { name: "Nothing found." }).waitFor();
});

test("fields are shown as columns", async () => {
  const page = await openOrders("orders/columns");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "who" }).check();
  await page.getByRole("checkbox", { name: "total.cents" }).check();
  await page.keyboard.press("Escape");
  await expect
    .poll(() => page.getByRole("option").last().locator(".message-cells > span").allTextContents())
    .toEqual(["Bob", "5998"]);
  expect(await page.locator(".messages-head").textContent()).toBe("offsetwhototal.cents");
});

/** What a download of the dialog that is open holds, and its name. */
async function downloaded(page: Page): Promise<readonly [name: string, content: string]> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "Download" }).click();
  const download = await waiting;
  return [download.suggestedFilename(), readFileSync(await download.path(), "utf8")];
}

test("all, a span or the hits are downloaded, as NDJSON, CSV or JSON", async () => {
  const page = await openOrders("orders/taken");
  const open = () => page.getByRole("button", { name: "Download" }).click();
  await open();
  const [name, all] = await downloaded(page);
  expect(name).toBe("taken.ndjson");
  expect(all.split("\n").length).toBe(3001);
  expect(all.startsWith('{"id":0,"who":"Bob","total":{"cents":0}}\n')).toBe(true);
  await open();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "First message" }).fill("2");
  await dialog.getByRole("textbox", { name: "Last message" }).fill("3");
  await dialog.getByRole("combobox", { name: "As" }).selectOption("csv");
  expect(await downloaded(page)).toEqual([
    "taken.csv",
    expect.stringMatching(/^offset,id,who,total\.cents\r\n\d+,1,Bob,2\r\n\d+,2,Bob,4\r\n$/),
  ]);
  await searchBox(page).fill("who=Ada id>1000");
  await open();
  await dialog.getByRole("checkbox", { name: "Only hits" }).check();
  await dialog.getByRole("combobox", { name: "As" }).selectOption("json");
  const [, hits] = await downloaded(page);
  expect(JSON.parse(hits).map(({ id }: { readonly id: number }) => id)).toEqual([1500, 2500]);
  await open();
  await dialog.getByRole("textbox", { name: "Last message" }).fill("9999");
  await dialog.getByRole("alert").waitFor();
  expect(await dialog.getByRole("button", { name: "Download" }).isDisabled()).toBe(true);
});

test("bytes and text are downloaded as they were written, with what has no line break yet", async () => {
  await explorer.server.create("a/notes%3F", "text/plain", "one\r\ntwo\nthr");
  const page = await explorer.open("/streams/a/notes%3F");
  await page.getByText("Live").waitFor();
  await page.getByRole("button", { name: "Download" }).click();
  expect(await downloaded(page)).toEqual(["notes_.txt", "one\r\ntwo\nthr"]);
});
