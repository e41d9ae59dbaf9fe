import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

test("the newest messages of a long stream are there, and follow, before those on the way to them", async () => {
  const text = "x".repeat(200);
  const messages = Array.from({ length: 10_000 }, (_, n) => ({ n, text }));
  const handle = await explorer.server.create("long", "application/json", JSON.stringify(messages));
  const page = await explorer.open("/");
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/offset=0{16}_0{16}$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("treeitem", { name: "long" }).click();
  const last = page.locator(".message-preview").last();
  await expect.poll(() => last.textContent()).toContain('"n":9999,"text":"xxxxxxxx');
  await page.getByText(/Older ones are on their way/).waitFor();
  await handle.append('{"n":10000}');
  await expect.poll(() => last.textContent()).toBe('{"n":10000}');
  await page.getByRole("option").last().click();
  const message = page.getByRole("complementary", { name: "Message" });
  await message.getByRole("heading", { name: /^Message\s*$/ }).waitFor();
  await expect.poll(() => page.locator('.message[aria-selected="true"]').textContent()).toContain("10000");
  release();
  await message.getByRole("heading", { name: /^Message 10.001$/ }).waitFor();
  await expect.poll(() => page.getByText(/Older ones are on their way/).count()).toBe(0);
  await page.getByText("10 001 messages".replace(" ", "\u202f")).waitFor();
});
