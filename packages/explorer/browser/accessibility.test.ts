import { seriousViolations } from "@perennial/testing/axe";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { fillDemo } from "./support/demo.ts";
import { startExplorer } from "./support/explorer.ts";
import { STYLES } from "./support/styles.ts";

const explorer = startExplorer();

const VIEWS: readonly (readonly [name: string, path: string, prepare: (page: Page) => Promise<void>])[] = [
  ["the overview", "/", async (page) => page.getByRole("treeitem").first().waitFor()],
  [
    "a search without result",
    "/",
    async (page) => {
      await page.getByRole("searchbox").fill("nowhere");
      await page.getByText("Nothing found.").waitFor();
    },
  ],
  [
    "the form for a new stream",
    "/",
    async (page) => {
      await page.getByRole("treeitem").first().waitFor();
      await page.keyboard.press("n");
      await page.getByRole("textbox", { name: "First message" }).fill("{");
    },
  ],
  [
    "a stream that is not there",
    "/streams/nowhere",
    async (page) => page.getByRole("button", { name: "Create it…" }).waitFor(),
  ],
  [
    "an empty stream",
    "/streams/empty",
    async (page) => page.getByText("Nothing has been written yet.").waitFor(),
  ],
  ["messages", "/streams/chat/support", async (page) => page.getByRole("option").first().click()],
  [
    "text",
    "/streams/chat/support?panel=read",
    async (page) => page.getByRole("heading", { name: "grace" }).last().waitFor(),
  ],
  [
    "the past",
    "/streams/chat/support",
    async (page) => {
      await page.getByText("Live").waitFor();
      await page.getByRole("slider").fill("20");
      await page.locator(".message.later").first().waitFor();
    },
  ],
  ["the menu", "/streams/chat/support", async (page) => page.getByRole("button", { name: "More" }).click()],
  [
    "the append box",
    "/streams/chat/support",
    async (page) => page.getByRole("button", { name: "Append" }).click(),
  ],
  [
    "a question",
    "/streams/chat/support",
    async (page) => {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Delete the stream…" }).click();
    },
  ],
  ["state", "/streams/board?panel=state", async (page) => page.locator(".entity-key").first().click()],
  ["producers", "/streams/orders?panel=producers", async (page) => page.getByText("importer-1").waitFor()],
  ["forks", "/streams/chat/support?panel=forks", async (page) => page.locator(".lane").first().waitFor()],
  ["subscriptions", "/subscriptions", async (page) => page.getByText("Failed").waitFor()],
  ["a subscription", "/subscriptions?id=mailer", async (page) => page.getByText("Cursors").waitFor()],
  ["the keys", "/", async (page) => page.keyboard.press("?")],
  ["multiplayer", "/multiplayer?session=axe", async (page) => page.getByText("Live").first().waitFor()],
];

beforeAll(async () => {
  await fillDemo(explorer.server);
  await explorer.server.create("empty", "application/json");
});

test.each(VIEWS)("axe finds nothing serious in %s, light, dark or on a phone", async (_, path, prepare) => {
  const found: string[] = [];
  const page = await explorer.open(path);
  await page.locator("#root > *").first().waitFor();
  await prepare(page);
  for (const [style, apply] of STYLES) {
    await apply(page);
    for (const violation of await seriousViolations(page)) found.push(`${style}: ${violation}`);
  }
  expect(found).toEqual([]);
});

test("axe finds what is seriously wrong", async () => {
  const page = await explorer.open("/");
  await page.getByRole("searchbox").waitFor();
  await page.evaluate(() => document.querySelector("input")?.removeAttribute("aria-label"));
  await page.evaluate(() => document.querySelector("input")?.removeAttribute("placeholder"));
  expect(await seriousViolations(page)).toEqual([expect.stringMatching(/^label: /)]);
});
