import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

test("a fork is made at a message by one click, and opens beside its source", async () => {
  await explorer.server.create("talk/1", "application/json", '["a","b","c"]');
  const page = await explorer.open("/streams/talk/1");
  await page.getByRole("option").nth(1).click();
  await page.getByRole("button", { name: "Fork here" }).click();
  const beside = page.getByRole("region", { name: "Stream talk/1-fork" });
  await expect.poll(() => beside.locator(".message-preview").allTextContents()).toEqual(['"a"', '"b"']);
  await beside.getByText("fork of").waitFor();
  expect(new URL(page.url()).searchParams.get("beside")).toBe("talk/1-fork");
  await page.reload();
  await expect.poll(() => beside.locator(".message-preview").count()).toBe(2);
  await beside.getByRole("button", { name: "Close this view" }).click();
  await expect.poll(() => beside.count()).toBe(0);
});

test("forks of a stream are a graph", async () => {
  const { server } = explorer;
  await server.create("tree", "application/json", "[1,2,3,4]");
  const fork = (path: string, source: string, position: number) =>
    fetch(server.url(path), {
      method: "PUT",
      headers: {
        "Content-Type": "application/json",
        "Stream-Forked-From": `/v1/stream/${source}`,
        "Stream-Fork-Offset": `0000000000000000_${String(position).padStart(16, "0")}`,
      },
    });
  await fork("tree-a", "tree", 2);
  await fork("tree-b", "tree", 4);
  await fork("tree-a-a", "tree-a", 2);
  const page = await explorer.open("/streams/tree-b?panel=forks");
  const names = page.locator(".fork-name");
  await expect.poll(() => names.allTextContents()).toEqual(["tree", "tree-a", "tree-a-a", "tree-b"]);
  expect(await page.locator(".lane").count()).toBe(4);
  await page.getByRole("link", { name: "tree-a-a" }).click();
  await page.getByRole("heading", { name: "tree-a-a", level: 1 }).waitFor();
  await fetch(server.url("tree"), { method: "DELETE" });
  await page.getByText("tree (deleted)").waitFor();
});
