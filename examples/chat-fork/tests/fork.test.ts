import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "@perennial/example-chat-ai-sdk/tests/app";
import { launchChromium } from "@perennial/example-chat-ai-sdk/tests/chromium";
import { openPage } from "@perennial/example-chat-ai-sdk/tests/pages";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  answersIn,
  askIn,
  columnsOf,
  forkAt,
  growing,
  lastIn,
  over,
  scriptOf,
  startApp,
  treeOf,
} from "./forks.ts";

/** Speaks slowly, so that there is time to do something in mid-answer. */
const SLOWLY = { TOKEN_MS: "50" };

let app: App;
/** The same, where nobody does anything in mid-answer. */
let quick: App;
let browser: Browser;
beforeAll(async () => {
  [app, quick, browser] = await Promise.all([
    startApp(SLOWLY),
    startApp({ TOKEN_MS: "2" }),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([app?.stop(), quick?.stop()]);
});

const open = (address = app.url, options = {}) => openPage(browser, address, options);

test("a reload in mid-answer of a branch loses nothing, doubles nothing, and asks the model once", async () => {
  const page = await open();
  await askIn(columnsOf(page, "guide"), "First question");
  await over(columnsOf(page, "guide"));
  await forkAt(columnsOf(page, "guide"), "Guide, on", ["skeptic"], "And what is wrong with it?");
  const branch = columnsOf(page, "skeptic");
  await growing(branch);
  const { calls } = await app.model();
  await page.reload();
  await growing(branch);
  await over(branch);
  const said = await scriptOf(app, "skeptic", "And what is wrong with it?");
  await expect.poll(() => lastIn(branch)).toBe(said);
  expect((await app.model()).calls).toBe(calls);
  // Out of the history.
  await page.reload();
  await expect.poll(() => lastIn(branch)).toBe(said);
});

test("a fork in mid-history has what was said before it, and nothing of what came later", async () => {
  const page = await open(quick.url);
  const trunk = columnsOf(page, "guide").first();
  for (const question of ["One", "Two", "Three"]) {
    await askIn(trunk, question);
    await trunk.getByText(`Guide, on “${question}”.`).waitFor();
    await over(trunk);
  }
  const scripts = ["One", "Two", "Three"].map((question) => scriptOf(quick, "guide", question));
  const before = await Promise.all(scripts);
  await expect.poll(() => answersIn(trunk)).toEqual(before);
  await forkAt(trunk, "Guide, on “Two”", ["builder"], "Two and a half");
  const branch = columnsOf(page, "builder");
  await over(branch);
  await branch.getByText("3 earlier messages").click();
  await expect
    .poll(() => branch.locator("li.user").allTextContents())
    .toEqual(["One", "Two", "Two and a half"].map((text) => `You${text}`));
  const said = await scriptOf(quick, "builder", "Two and a half");
  await expect.poll(() => answersIn(branch)).toEqual([before[0], before[1], said]);
  await expect.poll(() => answersIn(trunk)).toEqual(before);
  // A fork of the fork, from what it has of the trunk.
  await forkAt(branch, "Guide, on “One”", ["dreamer"], "One and a half");
  await columnsOf(page, "dreamer").getByText("Dreamer, on “One and a half”.").waitFor();
  expect(await columnsOf(page, "dreamer").locator("li.user").allTextContents()).toEqual([
    "YouOne and a half",
  ]);
  await expect
    .poll(() => treeOf(page))
    .toEqual(["One (Guide)", "  Two and a half (Builder)", "    One and a half (Dreamer)"]);
});

test("two agents work on branches in parallel while the original goes on, and a second browser sees the tree live", async () => {
  const page = await open();
  const trunk = columnsOf(page, "guide").first();
  await askIn(trunk, "Rewrite or mend?");
  await growing(trunk);
  const other = await open(page.url());
  await expect.poll(() => treeOf(other)).toEqual(["Rewrite or mend? (Guide is writing)"]);
  // From the question, while it is being answered.
  await forkAt(trunk, "Rewrite or mend?", ["skeptic", "builder"]);
  for (const agent of ["skeptic", "builder"] as const) await growing(columnsOf(page, agent));
  await trunk.getByRole("button", { name: "Stop", exact: true }).waitFor();
  const writing = ["Guide", "Skeptic", "Builder"].map((name) => `(${name} is writing)`);
  await expect
    .poll(async () => (await treeOf(other)).map((row) => row.slice(row.indexOf("("))))
    .toEqual(writing);
  // The second browser opens one of them, in mid-answer.
  await other.locator(".tree").getByText("Skeptic").click();
  await growing(columnsOf(other, "skeptic"));
  for (const agent of ["guide", "skeptic", "builder"] as const) {
    await over(columnsOf(page, agent));
    const said = await scriptOf(app, agent, "Rewrite or mend?");
    await expect.poll(() => answersIn(columnsOf(page, agent))).toEqual([said]);
  }
  await expect
    .poll(() => lastIn(columnsOf(other, "skeptic")))
    .toBe(await scriptOf(app, "skeptic", "Rewrite or mend?"));
  // Deleted there, gone here; the rest stays.
  await page.locator(".twig", { hasText: "Skeptic" }).hover();
  await page.getByRole("button", { name: /^Delete the branch .* of the Skeptic$/ }).click();
  await other.getByText("Skeptic").first().waitFor({ state: "detached" });
  await expect.poll(async () => (await treeOf(other)).length).toBe(2);
});

test("a server that is killed in mid-answer and starts again has lost no message and no branch", async () => {
  const data = await mkdtemp(join(tmpdir(), "perennial-fork-"));
  let mortal = await startApp({ ...SLOWLY, DATA: data });
  try {
    const page = await open(mortal.url);
    const trunk = columnsOf(page, "guide").first();
    await askIn(trunk, "Does it last?");
    await over(trunk);
    const said = await scriptOf(mortal, "guide", "Does it last?");
    await expect.poll(() => answersIn(trunk)).toEqual([said]);
    await forkAt(trunk, "Guide, on", ["builder", "dreamer"], "And when it is killed?");
    for (const agent of ["builder", "dreamer"] as const) await growing(columnsOf(page, agent));
    const seen = await lastIn(columnsOf(page, "builder"));
    await mortal.stop("SIGKILL");
    mortal = await startApp({ ...SLOWLY, DATA: data });
    const later = await open(mortal.url + new URL(page.url()).hash);
    await expect.poll(async () => (await treeOf(later)).length).toBe(3);
    await expect.poll(() => answersIn(columnsOf(later, "guide").first())).toEqual([said]);
    for (const agent of ["builder", "dreamer"] as const)
      await columnsOf(later, agent).getByText("Broke off:").waitFor({ timeout: 20_000 });
    expect((await lastIn(columnsOf(later, "builder"))).startsWith(seen)).toBe(true);
    // And goes on.
    await askIn(columnsOf(later, "builder"), "Once more");
    await expect
      .poll(() => lastIn(columnsOf(later, "builder")), { timeout: 60_000 })
      .toBe(await scriptOf(mortal, "builder", "Once more"));
  } finally {
    await mortal.stop();
    await rm(data, { recursive: true, force: true });
  }
});

test("it can be used at 390 px, in the dark, and by its keys alone", async () => {
  const page = await open(app.url, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await page.getByRole("heading", { name: "Ask once, go several ways." }).waitFor();
  await page.getByLabel("Your message").focus();
  await page.keyboard.type("By keys alone");
  await page.keyboard.press("Enter");
  await over(columnsOf(page, "guide"));
  await columnsOf(page, "guide").getByRole("button", { name: "Fork here" }).first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("What now?");
  await page.keyboard.press("Enter");
  const branch = columnsOf(page, "guide").nth(1);
  await growing(branch);
  const left = () => branch.evaluate((column) => column.getBoundingClientRect().left);
  await expect.poll(left).toBe(0);
  const width = page.evaluate(() =>
    Math.max(
      ...[".app", ".bar", ".tabs"].map((part) => document.querySelector(part)!.getBoundingClientRect().right),
    ),
  );
  expect(await width).toBeLessThanOrEqual(390);
  await page.getByRole("button", { name: "Branches" }).click();
  await page.getByRole("navigation", { name: "Branches" }).getByText("What now?").waitFor();
});
