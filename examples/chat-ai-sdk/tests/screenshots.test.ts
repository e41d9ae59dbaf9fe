/** Pictures of what the page looks like, for people to look at: `artifacts/chat-ai-sdk/`. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { App } from "./app.ts";
import { launchChromium } from "./chromium.ts";
import { ask, midAnswer, openPage } from "./pages.ts";

const FOLDER = fileURLToPath(new URL("../../../artifacts/chat-ai-sdk/", import.meta.url));

let app: App;
let browser: Browser;
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  [app, browser] = await Promise.all([App.start(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

const LOOKS = (["light", "dark"] as const).flatMap((colorScheme) => [
  { colorScheme, size: "wide", width: 1280 },
  { colorScheme, size: "phone", width: 390 },
]);

test.each(LOOKS)("pictures, $colorScheme and $size", async ({ colorScheme, size, width }) => {
  const options = { viewport: { width, height: 844 }, colorScheme, reducedMotion: "reduce" as const };
  const page = await openPage(browser, app.url, options);
  const shot = (of: Page, name: string) =>
    of.screenshot({ path: `${FOLDER}${name}-${colorScheme}-${size}.png` });
  await page.getByRole("heading", { name: "Ask, then reload." }).waitFor();
  await shot(page, "empty");
  await ask(page, "How can two people watch one answer?");
  await midAnswer(page);
  await shot(page, "growing");
  process.kill((await app.model()).writer, "SIGKILL");
  await page.getByText("Broke off").waitFor({ timeout: 15_000 });
  await shot(page, "broken");
  if (size === "wide") return;
  await page.getByRole("button", { name: "Chats" }).click();
  await page.getByRole("button", { name: "Close the list" }).waitFor();
  await shot(page, "list");
});
