import { execFileSync } from "node:child_process";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { clipboard, startExplorer } from "./support/explorer.ts";
import { startServer } from "./support/server.ts";

const explorer = startExplorer();

/** A list of streams on the page: their names, each with its figure. */
const list = (page: Page, title: string) =>
  page.locator(".top-table", { hasText: title }).locator("li").allTextContents();

test("a server without streams shows how to make the first one, which then shows", async () => {
  const page = await explorer.open("/");
  await page.getByRole("button", { name: "Copy" }).click();
  await expect.poll(() => clipboard(page)).toContain("curl");
  execFileSync("sh", ["-ec", await clipboard(page)], { stdio: "pipe" });
  await expect.poll(() => list(page, "Largest")).toEqual(["hello18 B"]);
  await page.getByRole("link", { name: "hello" }).first().click();
  await page.getByText('{"text": "Hello"}').waitFor();
  await expect.poll(() => page.title()).toBe("hello · Stream Explorer");
});

test("streams are listed by what was written last and by size", async () => {
  const small = await explorer.server.create("small", "text/plain", "x");
  await explorer.server.create("large", "text/plain", "x".repeat(2000));
  const page = await explorer.open("/");
  await expect.poll(() => list(page, "Largest")).toEqual(["large2.0 kB", "hello18 B", "small1 B"]);
  await small.append("y");
  await expect.poll(async () => (await list(page, "Written last"))[0]).toMatch(/^small/);
});

test("on a phone, a server without streams says how to begin", async () => {
  const server = await startServer();
  const page = await explorer.open("/", { origin: server.origin, viewport: { width: 390, height: 844 } });
  await page.getByRole("heading", { name: "The first stream" }).waitFor();
  await server.create("first", "text/plain", "x");
  await page.getByRole("treeitem", { name: "first" }).waitFor();
  await server.stop();
});
