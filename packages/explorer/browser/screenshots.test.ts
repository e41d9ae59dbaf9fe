/** Pictures of the main views, for people to look at: `artifacts/explorer/`. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { test } from "vitest";
import { fillDemo } from "./support/demo.ts";
import { startExplorer } from "./support/explorer.ts";
import { STYLES } from "./support/styles.ts";

const FOLDER = fileURLToPath(new URL("../../../artifacts/explorer/", import.meta.url));
const explorer = startExplorer();

const VIEWS: readonly (readonly [name: string, path: string, prepare: (page: Page) => Promise<void>])[] = [
  ["overview", "/", async (page) => page.getByText("board").first().waitFor({ state: "attached" })],
  [
    "messages",
    "/streams/chat/support",
    async (page) => {
      await page.getByText("Live").waitFor();
      await page.getByRole("slider").fill("41");
      await page.getByRole("complementary").waitFor();
    },
  ],
  [
    "beside",
    "/streams/chat/support?beside=chat/support-fork",
    async (page) => page.getByText("step 20").waitFor(),
  ],
  [
    "state",
    "/streams/board?panel=state",
    async (page) => {
      await page.getByRole("button", { name: "grace", exact: true }).click();
      await page.locator(".changes ins").first().waitFor();
    },
  ],
  ["producers", "/streams/orders?panel=producers", async (page) => page.getByText("importer-1").waitFor()],
  ["forks", "/streams/chat/support?panel=forks", async (page) => page.locator(".lane").nth(3).waitFor()],
  ["text", "/streams/logs/api", async (page) => page.getByText("Live").waitFor()],
  [
    "multiplayer",
    "/multiplayer",
    async (page) => {
      await page.getByRole("textbox", { name: "Say something as Ada" }).fill("What happens if I drop Grace?");
      await page.keyboard.press("Enter");
      const grace = page.getByRole("region", { name: "Grace", exact: true });
      await grace.getByText("one message").waitFor();
      await grace.getByRole("button", { name: "Drop" }).click();
      await page.getByRole("region", { name: "Ada", exact: true }).getByText("because what I").waitFor();
    },
  ],
];

test("the main views have their picture taken, light, dark and on a phone", async () => {
  mkdirSync(FOLDER, { recursive: true });
  await fillDemo(explorer.server);
  for (const [name, path, prepare] of VIEWS) {
    const page = await explorer.open(path);
    await page.locator("#root > *").first().waitFor();
    await prepare(page);
    for (const [style, apply] of STYLES) {
      await apply(page);
      await page.screenshot({ path: `${FOLDER}${name}-${style}.png` });
    }
    await page.context().close();
  }
}, 240_000);
