import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { App } from "./app.ts";
import { launchChromium } from "./chromium.ts";
import { answers, ask, finished, lengthOf, midAnswer, openPage } from "./pages.ts";

let app: App;
let browser: Browser;
beforeAll(async () => {
  [app, browser] = await Promise.all([App.start(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

const open = (address = app.url, options = {}) => openPage(browser, address, options);

test("a reload in mid-answer loses nothing, doubles nothing, and asks the model once", async () => {
  const question = "Why does this answer survive a reload?";
  const { calls } = await app.model();
  const page = await open();
  await ask(page, question);
  await midAnswer(page);
  await page.reload();
  await expect.poll(() => lengthOf(page)).toBeGreaterThan(120);
  await page.reload();
  await midAnswer(page);
  await finished(page);
  expect(await answers(page)).toEqual([await app.script(question)]);
  expect((await app.model()).calls).toBe(calls + 1);
  // And later, out of the folded history.
  await page.reload();
  await expect.poll(() => answers(page)).toEqual([await app.script(question)]);
});

test("two browsers on one chat see the same question and words, and either may ask next", async () => {
  const ada = await open();
  await ask(ada, "First, from Ada");
  await midAnswer(ada);
  const grace = await open(ada.url());
  await midAnswer(grace);
  await Promise.all([finished(ada), finished(grace)]);
  const first = await app.script("First, from Ada");
  for (const page of [ada, grace]) await expect.poll(() => answers(page)).toEqual([first]);
  await ask(grace, "Second, from Grace");
  await ada.getByText("Second, from Grace").waitFor();
  await midAnswer(grace);
  await expect.poll(async () => (await answers(ada)).length).toBe(2);
  await Promise.all([finished(ada), finished(grace)]);
  const second = await app.script("Second, from Grace");
  for (const page of [ada, grace]) await expect.poll(() => answers(page)).toEqual([first, second]);
});

test("a network that goes and comes back costs no word", async () => {
  const question = "What if my network goes?";
  const page = await open();
  const context: BrowserContext = page.context();
  await ask(page, question);
  await midAnswer(page);
  await context.setOffline(true);
  const other = await open(page.url());
  await midAnswer(other);
  await expect.poll(() => lengthOf(other), { timeout: 20_000 }).toBeGreaterThan(400);
  await context.setOffline(false);
  await finished(page);
  await expect.poll(() => answers(page), { timeout: 20_000 }).toEqual([await app.script(question)]);
});

test("a stop in the second browser stops the model, for both", async () => {
  const question = "Stop me from elsewhere";
  const first = await open();
  await ask(first, question);
  await midAnswer(first);
  const second = await open(first.url());
  await midAnswer(second);
  const asked = performance.now();
  await second.getByRole("button", { name: "Stop", exact: true }).click();
  await first.getByText("Stopped", { exact: true }).waitFor();
  console.log(`stopped: the other browser showed it after ${(performance.now() - asked).toFixed()} ms`);
  await second.getByText("Stopped", { exact: true }).waitFor();
  const [said] = await answers(first);
  expect((await app.script(question)).startsWith(said!)).toBe(true);
  await expect.poll(() => answers(second)).toEqual([said]);
});

test("readers of a writer that is killed are told, keep what was written, and may ask again", async () => {
  const question = "What happens when the writer is killed?";
  const page = await open();
  await ask(page, question);
  await midAnswer(page);
  const other = await open(page.url());
  await midAnswer(other);
  const { writer } = await app.model();
  process.kill(writer, "SIGKILL");
  const killed = performance.now();
  for (const reader of [page, other])
    await reader.getByText("Broke off: the process that wrote it is gone.").waitFor({ timeout: 15_000 });
  console.log(`killed: both browsers said so after ${(performance.now() - killed).toFixed()} ms`);
  const [said] = await answers(page);
  expect((await app.script(question)).startsWith(said!)).toBe(true);
  await ask(page, "Once more");
  await finished(page);
  await expect.poll(() => answers(other)).toEqual([said, await app.script("Once more")]);
});

test("it can be used at 390 px, in the dark, and by its keys alone", async () => {
  const page = await open(app.url, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await page.getByRole("heading", { name: "Ask, then reload." }).waitFor();
  await page.getByRole("button", { name: "Chats" }).click();
  await page.getByRole("navigation", { name: "Chats" }).getByRole("button", { name: "New chat" }).click();
  await page.getByLabel("Your message").focus();
  await page.keyboard.type("By keys alone, with a title that is longer than a phone is wide");
  await page.keyboard.press("Enter");
  await midAnswer(page);
  const width = page.evaluate(() =>
    Math.max(...[...document.querySelectorAll("*")].map((part) => part.getBoundingClientRect().right)),
  );
  expect(await width).toBeLessThanOrEqual(390);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Stopped", { exact: true }).waitFor();
});

test("what is said without a network is in the field again, and the page says that there is none", async () => {
  const page = await open();
  const field = page.getByLabel("Your message");
  await page.context().setOffline(true);
  await page.getByText("No network.").waitFor();
  await ask(page, "Is this lost?");
  await expect.poll(() => field.inputValue()).toBe("Is this lost?");
  await page.context().setOffline(false);
  await page.getByText("No network.").waitFor({ state: "detached" });
  await field.press("Enter");
  await midAnswer(page);
  expect(await field.inputValue()).toBe("");
});
