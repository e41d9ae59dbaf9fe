/** People and the agent in Chromium, over a server that is cut off, restarted and killed. */
import { seriousViolations } from "@perennial/testing/axe";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { YJS_PATH } from "../shared/places.ts";
import { launchChromium, Site } from "./support/site.ts";

/** Only what hangs waits so long, ms. */
const PATIENCE_MS = 120_000;

let site: Site;
let browser: Browser;
const pages: Page[] = [];

beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), launchChromium()]);
});

afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

/** A browser of its own, as another person has it. */
async function open(name: string, key: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  pages.push(page);
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${site.origin}/?doc=${key}&name=${name}`);
  await saved(page);
  return page;
}

/** On a narrow screen it is a point in a colour. */
const saved = (page: Page) => page.getByText("Saved", { exact: true }).waitFor({ state: "attached" });

/** The text that a page shows, without the names at the carets. */
async function textOf(page: Page, blocks = ".tiptap :is(p, h1, h2, h3)"): Promise<string> {
  const texts = await page.locator(blocks).evaluateAll((elements) =>
    elements.map((element) => {
      const copy = element.cloneNode(true) as Element;
      for (const caret of copy.querySelectorAll(".caret")) caret.remove();
      return copy.textContent?.replaceAll("\u2060", "") ?? "";
    }),
  );
  return texts.join("\n");
}

async function type(page: Page, text: string): Promise<void> {
  await page.locator(".tiptap").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(text, { delay: 15 });
}

async function ask(page: Page, text: string, onlySuggest = false): Promise<void> {
  await page.getByRole("tab", { name: "Agent" }).click();
  await page.getByLabel("Only suggest").setChecked(onlySuggest);
  await page.getByLabel("Ask the agent").fill(text);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
}

/** Selects a paragraph by clicking into it three times. */
const selectParagraph = (page: Page, text: string) =>
  page.locator(".tiptap").getByText(text).click({ clickCount: 3 });

async function inStep(...all: Page[]): Promise<string> {
  await Promise.all(all.map(saved));
  await expect.poll(async () => new Set(await Promise.all(all.map((page) => textOf(page)))).size).toBe(1);
  return textOf(all[0]!);
}

test("two people and the agent edit at once, and end equal", async () => {
  const [ada, grace] = await Promise.all([open("Ada", "together"), open("Grace", "together")]);
  await type(ada, "A paragraph of Ada.\nAnd the last line.");
  await grace.getByText("And the last line.").waitFor();
  await grace.getByText("A paragraph of Ada.").click();
  await ask(grace, "write about gardens");
  await Promise.all([
    ada.getByText("This part is about").waitFor(),
    grace.getByText("This part is about").waitFor(),
  ]);
  // The agent's caret, as both see it, while it writes.
  await ada.locator(".caret.agent").waitFor();
  await grace.getByText("A paragraph of Ada.").click();
  // What the agent writes in the same moment may bring the caret back: the editor learns of a key's move a little later.
  await expect
    .poll(async () => {
      await grace.keyboard.press("Home");
      return grace.evaluate(() => globalThis.getSelection()?.focusOffset);
    })
    .toBe(0);
  await Promise.all([
    grace.keyboard.type("Grace at the beginning. ", { delay: 20 }),
    type(ada, " Ada at the end."),
  ]);
  await ada.getByText("I have written a part about gardens.").waitFor();
  const text = await inStep(ada, grace);
  expect(text).toContain("Grace at the beginning. A paragraph of Ada.");
  expect(text).toContain("And the last line. Ada at the end.");
  expect(text).toContain("Gardens\nThis part is about gardens. The agent writes it word by word,");
  expect(text).toContain("nothing counts until somebody accepts it.");
});

test("what the agent did is undone as one step, and what people typed meanwhile stays", async () => {
  const ada = await open("Ada", "undone");
  await type(ada, "My own words.");
  await ask(ada, "write about roses");
  await ada.getByText("I have written a part about roses.").waitFor();
  await ada.getByText("My own words.").click();
  await ada.keyboard.press("End");
  await ada.keyboard.type(" More of mine.");
  await ada.getByRole("button", { name: "Undo this work" }).click();
  await ada.getByText("Undone.").waitFor();
  await expect.poll(() => textOf(ada)).toBe("My own words. More of mine.");
});

test("what the agent suggests is accepted or rejected, and both can be undone", async () => {
  const [ada, grace] = await Promise.all([open("Ada", "suggested"), open("Grace", "suggested")]);
  await type(ada, "this is really long.");
  await selectParagraph(ada, "this is really long.");
  await ask(ada, "rewrite this", true);
  await grace.getByText("The agent suggests a change.").waitFor();
  expect(await textOf(grace, ".tiptap del")).toBe("this is really long.");
  expect(await textOf(grace, ".tiptap ins")).toBe("This is long.");
  await grace.getByRole("button", { name: "Reject" }).click();
  await expect.poll(() => textOf(ada)).toBe("this is really long.");
  await grace.getByRole("button", { name: "Undo", exact: true }).click();
  await ada.getByRole("button", { name: "Accept" }).click();
  await expect.poll(() => textOf(grace)).toBe("This is long.");
  await ask(ada, "write about trees", true);
  await ada.getByText("I have written a part about trees.").waitFor();
  await ada.getByRole("button", { name: "Reject" }).click();
  await expect.poll(() => textOf(grace)).toBe("This is long.");
  await inStep(ada, grace);
});

test("comments stay with their words, and have answers", async () => {
  const [ada, grace] = await Promise.all([open("Ada", "comments"), open("Grace", "comments")]);
  await type(ada, "Words to talk about.");
  await selectParagraph(ada, "Words to talk about.");
  await ada.getByRole("button", { name: "Comment", exact: true }).first().click();
  await ada.getByLabel("Comment on the selection").fill("Which words?");
  await ada.keyboard.press("Enter");
  await grace.locator("[data-comment]").waitFor();
  await grace.getByRole("tab", { name: "Comments 1" }).click();
  await grace.getByLabel("Answer").fill("All of them.");
  await grace.keyboard.press("Enter");
  await ada.getByText("All of them.").waitFor();
  await grace.getByRole("button", { name: "Resolve" }).click();
  await ada.getByRole("button", { name: "Open again" }).waitFor();
  await ada.getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => grace.locator("[data-comment]").count()).toBe(0);
});

test("edits without a connection merge when there is one again", async () => {
  const [ada, grace] = await Promise.all([open("Ada", "offline"), open("Grace", "offline")]);
  await type(ada, "Begun together.");
  await grace.getByText("Begun together.").waitFor();
  await ada.getByRole("button", { name: "Cut the connection" }).click();
  await ada.getByText("Offline: your changes are kept here").waitFor();
  await type(ada, " Ada, offline.");
  await grace.getByText("Begun together.").click();
  await grace.keyboard.press("Home");
  await grace.keyboard.type("Grace, online. ");
  await ada.getByRole("button", { name: "Restore the connection" }).click();
  expect(await inStep(ada, grace)).toBe("Grace, online. Begun together. Ada, offline.");
});

test("a page that is closed offline keeps its edits in this browser, and sends them later", async () => {
  const ada = await open("Ada", "closed-offline");
  await type(ada, "Before.");
  await saved(ada);
  await ada.getByRole("button", { name: "Cut the connection" }).click();
  await ada.getByText("Offline: your changes are kept here").waitFor();
  await type(ada, " While it was offline.");
  await ada.reload();
  await saved(ada);
  const grace = await open("Grace", "closed-offline");
  expect(await inStep(ada, grace)).toBe("Before. While it was offline.");
});

test("a document that is deleted elsewhere says so, and comes back from what this browser keeps", async () => {
  const ada = await open("Ada", "deleted");
  await type(ada, "Kept here.");
  await saved(ada);
  await ada.evaluate((address) => fetch(address, { method: "DELETE" }), `${YJS_PATH}/docs/deleted`);
  await ada.getByText("Deleted elsewhere").waitFor();
  await ada.reload();
  await saved(ada);
  const grace = await open("Grace", "deleted");
  await grace.getByText("Kept here.").waitFor();
});

test("a server that is killed while people type and the agent writes loses nothing", async () => {
  const [ada, grace] = await Promise.all([open("Ada", "killed"), open("Grace", "killed")]);
  await type(ada, "Acknowledged. ");
  await saved(ada);
  await grace.getByText("Acknowledged.").waitFor();
  await ask(grace, "write about storms");
  await ada.getByText("This part is about").waitFor();
  await ada.getByText("Acknowledged.").click();
  await ada.keyboard.press("End");
  const typing = ada.keyboard.type("0123456789012345678901234567890123456789", { delay: 25 });
  await grace.getByText("01234").waitFor();
  await site.kill();
  await typing;
  const agentWrote = /This part is about [^\n]*/.exec(await textOf(grace))![0];
  await site.restart();
  const text = await inStep(ada, grace);
  expect(text).toContain("Acknowledged. 0123456789012345678901234567890123456789");
  // What the agent had shown to others was stored before.
  expect(text).toContain(agentWrote);
  const linus = await open("Linus", "killed");
  expect(await inStep(ada, linus)).toBe(text);
  await linus.getByText("It failed: the server was restarted.").waitFor();
});

test("nothing of it is a barrier, light, dark or on a phone", async () => {
  for (const colorScheme of ["light", "dark"] as const)
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      const key = `accessible-${colorScheme}-${viewport.width}`;
      const ada = await open("Ada", key, { colorScheme, viewport });
      expect(await seriousViolations(ada)).toEqual([]);
      await type(ada, "this is really long.");
      await selectParagraph(ada, "this is really long.");
      await ada.getByRole("button", { name: "Comment", exact: true }).first().click();
      await ada.getByLabel("Comment on the selection").fill("Too long?");
      await ada.keyboard.press("Enter");
      await ada.getByLabel("Answer").waitFor();
      expect(await seriousViolations(ada)).toEqual([]);
      await selectParagraph(ada, "this is really long.");
      await ask(ada, "rewrite this", true);
      await ada.getByText("I have taken out filler words").waitFor();
      await ada.getByText("The agent suggests a change.").waitFor();
      await ada.getByRole("button", { name: /^Cut/ }).click();
      await ada.getByText("Offline: your changes are kept here").waitFor();
      expect(await seriousViolations(ada)).toEqual([]);
    }
});
