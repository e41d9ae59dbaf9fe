import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

test("streams are a tree by their paths, which the keyboard goes through", async () => {
  const { server } = explorer;
  for (const path of ["chat/1", "chat/2", "caf%C3%A9", "deep/er/est"])
    await server.create(path, "text/plain", "x");
  const page = await explorer.open("/");
  const tree = page.getByRole("tree", { name: "Streams" });
  await tree.getByText("café").waitFor();
  await tree.focus();
  const active = () =>
    tree.evaluate(
      (element) =>
        document.getElementById(element.getAttribute("aria-activedescendant")!)?.querySelector(".tree-name")
          ?.textContent,
    );
  expect(await active()).toBe("café");
  await page.keyboard.press("j");
  expect(await active()).toBe("chat/");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => tree.getByRole("treeitem").count()).toBe(5);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "chat/1", level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/streams/chat/1");
});

test("a stream with a name that needs encoding opens, and its address can be loaded", async () => {
  await explorer.server.create("odd/50%25%20%2F%20half", "text/plain", "half a line\n");
  const page = await explorer.open("/");
  await page.getByRole("searchbox", { name: "Search streams" }).fill("half");
  await page.getByRole("treeitem", { name: "odd/50% %2F half" }).click();
  await page.getByText("half a line").waitFor();
  await page.reload();
  await page.getByText("half a line").waitFor();
});

test("sizes and rates are live, and streams come and go", async () => {
  const { server } = explorer;
  const page = await explorer.open("/");
  await page.getByRole("tree").waitFor();
  const handle = await server.create("live/growing", "text/plain", "x".repeat(100));
  const row = page.getByRole("treeitem", { name: "growing" });
  await expect.poll(() => row.textContent()).toContain("100 B");
  await handle.append("x".repeat(900));
  await expect.poll(() => row.textContent()).toMatch(/B\/s1\.0 kB$/);
  await fetch(server.url("live/growing"), { method: "DELETE" });
  await expect.poll(() => row.count()).toBe(0);
});

test("the search is one key away, and finds words of paths", async () => {
  const { server } = explorer;
  await server.create("orders/2026/eu", "text/plain");
  await server.create("orders/2026/us", "text/plain");
  const page = await explorer.open("/");
  await page.getByRole("tree").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("EU orders");
  await expect.poll(() => page.getByRole("treeitem").allTextContents()).toEqual(["orders/2026/eu0 B"]);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "orders/2026/eu" }).waitFor();
});

test("the theme can be chosen, and is remembered", async () => {
  const page = await explorer.open("/", { colorScheme: "light" });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Theme: system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  expect(await background()).not.toBe(light);
  await page.reload();
  await page.getByRole("button", { name: "Theme: dark" }).waitFor();
  expect(await background()).not.toBe(light);
});
