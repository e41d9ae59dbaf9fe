/** What people do with the page, and what they see. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

/** A browser of its own, as another person has it. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(address);
  await page.getByLabel("Your message").waitFor();
  return page;
}

/** Types a message and sends it. */
export async function ask(page: Page, text: string): Promise<void> {
  await page.getByLabel("Your message").fill(text);
  await page.getByLabel("Your message").press("Enter");
}

/** The answers that a page shows, each without its space. */
export async function answers(page: Page): Promise<string[]> {
  const items = await page.locator(".assistant:not(.waiting)").all();
  return Promise.all(
    items.map(async (item) => {
      const paragraphs = await item.locator("p:not(.end)").allTextContents();
      return paragraphs.join("\n\n");
    }),
  );
}

/** How long the last answer is, as a page shows it. */
export async function lengthOf(page: Page): Promise<number> {
  return (await answers(page)).at(-1)?.length ?? 0;
}

/** Waits until an answer is being written and has some words. */
export async function midAnswer(page: Page): Promise<void> {
  await expect.poll(() => lengthOf(page), { timeout: 20_000 }).toBeGreaterThan(120);
  expect(await page.getByRole("button", { name: "Stop", exact: true }).isVisible()).toBe(true);
}

/** Waits until nothing is being written. */
export async function finished(page: Page): Promise<void> {
  const stop = page.getByRole("button", { name: "Stop", exact: true });
  await stop.waitFor({ state: "detached", timeout: 60_000 });
}
