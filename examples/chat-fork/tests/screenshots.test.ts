/** Pictures of what the page looks like, for people to look at: `artifacts/chat-fork/`. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { App } from "@perennial/example-chat-ai-sdk/tests/app";
import { launchChromium } from "@perennial/example-chat-ai-sdk/tests/chromium";
import { openPage } from "@perennial/example-chat-ai-sdk/tests/pages";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { askIn, columnsOf, forkAt, growing, over, startApp } from "./forks.ts";

const FOLDER = fileURLToPath(new URL("../../../artifacts/chat-fork/", import.meta.url));

let app: App;
let browser: Browser;
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  [app, browser] = await Promise.all([startApp({ TOKEN_MS: "15" }), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

const LOOKS = (["light", "dark"] as const).flatMap((colorScheme) => [
  { colorScheme, size: "wide", width: 1200, height: 660 },
  { colorScheme, size: "phone", width: 390, height: 844 },
]);

test.each(LOOKS)("pictures, $colorScheme and $size", async ({ colorScheme, size, width, height }) => {
  const options = { viewport: { width, height }, colorScheme, reducedMotion: "reduce" as const };
  const page = await openPage(browser, app.url, options);
  const shot = (name: string) => page.screenshot({ path: `${FOLDER}${name}-${colorScheme}-${size}.png` });
  await page.getByRole("heading", { name: "Ask once, go several ways." }).waitFor();
  await shot("empty");
  const trunk = columnsOf(page, "guide").first();
  await askIn(trunk, "How should we name our project?");
  await over(trunk);
  await trunk.getByRole("button", { name: "Fork here" }).last().focus();
  await page.keyboard.press("Enter");
  await page.getByText("Dreamer", { exact: true }).click();
  await shot("panel");
  await page.keyboard.press("Escape");
  await forkAt(trunk, "Guide, on", ["skeptic", "dreamer"], "Would anybody remember that name in a year?");
  for (const agent of ["skeptic", "dreamer"] as const) await growing(columnsOf(page, agent));
  await shot("branches");
  if (size === "wide") return;
  await page.getByRole("button", { name: "Branches" }).click();
  await page.getByRole("button", { name: "Close the tree" }).waitFor();
  await shot("tree");
});
