import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

test("a fork has the name and the point that were asked for", async () => {
  await explorer.server.create("talk/named", "application/json", '["a","b","c"]');
  await explorer.server.create("talk/taken", "application/json");
  const page = await explorer.open("/streams/talk/named");
  await page.getByText("Live").waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Fork…" }).click();
  const dialog = page.getByRole("dialog");
  const name = dialog.getByRole("textbox", { name: "Name" });
  const count = dialog.getByRole("textbox", { name: "Shares the first messages" });
  expect(await name.inputValue()).toBe("talk/named-fork");
  expect(await count.inputValue()).toBe("3");
  await count.fill("4");
  await dialog.getByText("A whole number from 0 to 3").waitFor();
  await count.fill("2");
  await name.fill("talk/taken");
  await dialog.getByRole("button", { name: "Fork" }).click();
  await dialog.getByRole("alert").waitFor();
  await name.fill("talk/what if?");
  await dialog.getByRole("button", { name: "Fork" }).click();
  const beside = page.getByRole("region", { name: "Stream talk/what%20if%3F" });
  await expect.poll(() => beside.locator(".message-preview").allTextContents()).toEqual(['"a"', '"b"']);
});

test("many streams are deleted: just those that are shown, after their number was typed", async () => {
  const { server } = explorer;
  for (const name of ["old/1", "old/2", "old/a%2Fb", "new/1"]) await server.create(name, "text/plain");
  const page = await explorer.open("/");
  await page.getByRole("searchbox", { name: "Search streams" }).fill("old/");
  await page.getByRole("button", { name: "Delete 3…" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByRole("listitem").allTextContents()).toEqual([
    ...["/v1/stream/old/1", "/v1/stream/old/2", "/v1/stream/old/a%2Fb"],
  ]);
  await server.create("old/later", "text/plain");
  const act = dialog.getByRole("button", { name: "Delete for good" });
  expect(await act.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("3");
  await act.click();
  await expect.poll(() => dialog.count()).toBe(0);
  const status = async (name: string) => (await fetch(server.url(name), { method: "HEAD" })).status;
  expect([
    await status("old/1"),
    await status("old/a%2Fb"),
    await status("new/1"),
    await status("old/later"),
  ]).toEqual([...[404, 404, 200, 200]]);
  await expect
    .poll(() => page.getByRole("treeitem").allTextContents())
    .toEqual([expect.stringContaining("old/later")]);
});
