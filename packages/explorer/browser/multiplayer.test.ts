import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { answerWords } from "../src/multiplayer/agent-script.ts";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

const pane = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });
const answer = (page: Page, name: string) => pane(page, name).locator(".answer").first().textContent();
const words = async (page: Page, name: string): Promise<number> => {
  const found = pane(page, name).locator(".answer").first();
  return (await found.count()) === 0 ? 0 : (await found.textContent())!.split(/\s+/).length;
};

async function say(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name: `Say something as ${name}` }).fill(text);
  await page.keyboard.press("Enter");
}

/** The numbers of the words of answers in the session's stream. */
async function storedIndexes(page: Page): Promise<number[]> {
  const session = new URL(page.url()).searchParams.get("session");
  const response = await fetch(explorer.server.url(`multiplayer/${session}`));
  const events = (await response.json()) as readonly { readonly kind: string; readonly index: number }[];
  return events.filter(({ kind }) => kind === "token").map(({ index }) => index);
}

test("all see what is said and what the agent answers", async () => {
  const page = await explorer.open("/multiplayer");
  await say(page, "Ada", "Hello, everybody");
  for (const name of ["Ada", "Grace", "Agent"])
    await pane(page, name).getByText("Hello, everybody").waitFor();
  await expect.poll(() => answer(page, "Grace")).toContain("Every word of this answer");
});

test("who is dropped misses nothing, and the others go on", async () => {
  const page = await explorer.open("/multiplayer");
  await say(page, "Ada", "Go on");
  await expect.poll(() => words(page, "Grace")).toBeGreaterThan(3);
  await pane(page, "Grace").getByRole("button", { name: "Drop" }).click();
  const before = await words(page, "Grace");
  await say(page, "Grace", "Can you hear me?");
  await pane(page, "Grace").getByText("(not sent yet)").waitFor();
  await expect.poll(() => words(page, "Ada")).toBeGreaterThan(before + 5);
  expect(await words(page, "Grace")).toBe(before);
  await pane(page, "Grace").getByText("behind").waitFor();
  await pane(page, "Grace").getByRole("button", { name: "Reconnect" }).click();
  await pane(page, "Ada").getByText("Can you hear me?").waitFor();
  await expect.poll(() => words(page, "Grace")).toBeGreaterThan(before + 5);
  await pane(page, "Grace")
    .getByText(/^Reconnected: \d+ words caught up on$/)
    .waitFor();
  await expect.poll(() => pane(page, "Grace").getByText("(not sent yet)").count()).toBe(0);
});

test("a refresh in mid-answer resumes where it was, word by word", async () => {
  const page = await explorer.open("/multiplayer");
  await say(page, "Ada", "Tell me");
  await expect.poll(() => words(page, "Ada")).toBeGreaterThan(5);
  await pane(page, "Agent").getByRole("button", { name: "Refresh" }).click();
  await expect.poll(() => words(page, "Ada")).toBeGreaterThan(12);
  await page.reload();
  await pane(page, "Ada")
    .getByText(/^Resumed: \d+ words read again, then live$/)
    .waitFor();
  await expect.poll(() => words(page, "Ada")).toBeGreaterThan(20);
  await expect.poll(() => answer(page, "Ada")).toBe(`Agent ${answerWords(0).join("")}`);
});

test("an agent that is dropped in mid-answer stores each word once", async () => {
  const page = await explorer.open("/multiplayer");
  await say(page, "Grace", "Tell us");
  await expect.poll(() => words(page, "Ada")).toBeGreaterThan(3);
  await pane(page, "Agent").getByRole("button", { name: "Drop" }).click();
  await pane(page, "Agent").getByText("Dropped").waitFor();
  await pane(page, "Agent").getByRole("button", { name: "Reconnect" }).click();
  await expect.poll(() => answer(page, "Ada")).toBe(`Agent ${answerWords(0).join("")}`);
  const stored = await storedIndexes(page);
  expect(stored).toEqual(answerWords(0).map((_, index) => index));
});
