import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

test("? shows all keys, and Escape puts them away", async () => {
  const page = await explorer.open("/");
  await page.getByRole("tree").waitFor();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keys" });
  await dialog.getByText("Search messages").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await expect.poll(() => dialog.count()).toBe(0);
});

test("everything about a stream can be done by keys", async () => {
  await explorer.server.create("by-keys", "application/json", '["a","b","c"]');
  const page = await explorer.open("/");
  await page.getByRole("treeitem", { name: "by-keys" }).waitFor();
  await page.keyboard.press("t");
  await page.keyboard.press("Enter");
  await page.getByText('"c"').waitFor();
  await page.keyboard.press("p");
  await page.getByText("Paused").waitFor();
  await page.keyboard.press("p");
  await page.getByText("Live").waitFor();
  await page.keyboard.press("a");
  await page.keyboard.type('"d"');
  await page.keyboard.press("Control+Enter");
  await page.getByRole("option").filter({ hasText: '"d"' }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await page.keyboard.press("k");
  await page.getByRole("option", { selected: true }).filter({ hasText: '"d"' }).waitFor();
  await page.keyboard.press("k");
  await page.getByRole("option", { selected: true }).filter({ hasText: '"c"' }).waitFor();
  await page.keyboard.press("b");
  const beside = page.getByRole("region", { name: "Stream by-keys-fork" });
  await expect.poll(() => beside.locator(".message-preview").count()).toBe(3);
});

test("of two streams side by side, keys mean the one that the keyboard is in", async () => {
  await explorer.server.create("left", "application/json", "[1]");
  await explorer.server.create("right", "application/json", "[2]");
  const page = await explorer.open("/streams/left?beside=right");
  const right = page.getByRole("region", { name: "Stream right" });
  await right.getByRole("listbox").focus();
  await page.keyboard.press("p");
  await right.getByText("Paused").waitFor();
  await page.getByRole("region", { name: "Stream left" }).getByText("Live").waitFor();
});

test("on a phone the streams and one of them take turns", async () => {
  await explorer.server.create("in-hand", "application/json", "[1]");
  const page = await explorer.open("/", { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.getByRole("treeitem", { name: "in-hand" }).tap();
  await page.getByRole("heading", { name: "in-hand" }).waitFor();
  expect(await page.getByRole("tree").isVisible()).toBe(false);
  await page.getByRole("option").first().tap();
  await page.getByRole("complementary", { name: "Message" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByRole("link", { name: "All streams" }).tap();
  await page.getByRole("tree").waitFor();
});
