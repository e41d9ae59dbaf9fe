/** Pictures of what the page looks like, for people to look at: `artifacts/chat-tanstack/`. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { App } from "@perennial/example-chat-ai-sdk/tests/app";
import { launchChromium } from "@perennial/example-chat-ai-sdk/tests/chromium";
import { ask, midAnswer, openPage } from "@perennial/example-chat-ai-sdk/tests/pages";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { DIST } from "./program.ts";

const FOLDER = fileURLToPath(new URL("../../../artifacts/chat-tanstack/", import.meta.url));

let app: App;
let browser: Browser;
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  [app, browser] = await Promise.all([App.start(DIST), launchChromium()]);
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
  await page.getByRole("heading", { name: "Everybody reads along." }).waitFor();
  await shot(page, "empty");
  const other = await openPage(browser, page.url(), options);
  await ask(other, "@everybody shall we eat together?");
  await ask(page, "Order 3 pizzas");
  await page.getByRole("region", { name: "Approval" }).waitFor();
  await other.getByLabel("Your message").pressSequentially("With ol");
  await page.getByText("is typing").waitFor();
  await shot(page, "approval");
  await page.getByRole("button", { name: "Agree" }).click();
  await page.getByText("Done: 3").waitFor();
  await ask(other, "How can several people share one answer?");
  await midAnswer(page);
  await page.context().setOffline(true);
  await ask(page, "@everybody my train is in a tunnel");
  await page.getByText("Not sent").waitFor();
  await page.getByText("No connection").waitFor({ timeout: 15_000 });
  await shot(page, "offline");
  process.kill((await app.model()).writer, "SIGKILL");
  await page.context().setOffline(false);
  await page.getByText("Broke off").waitFor({ timeout: 20_000 });
  await shot(page, "broken");
});
