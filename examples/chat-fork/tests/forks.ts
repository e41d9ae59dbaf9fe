/** What people do with branches, and what they see of them. */
import { App } from "@perennial/example-chat-ai-sdk/tests/app";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { AGENTS, type AgentId } from "../shared/agents.ts";

/** Starts the demo. @param env - `TOKEN_MS`, how fast it speaks; `DATA`, a folder that outlives it */
export function startApp(env: { readonly TOKEN_MS: string; readonly DATA?: string }): Promise<App> {
  return App.start(new URL("../dist/server/", import.meta.url), env);
}

/** What an agent of the scripted model says to a question. */
export function scriptOf(app: App, agent: AgentId, question: string): Promise<string> {
  return app.script(question, AGENTS.find(({ id }) => id === agent)!.brief);
}

/** The columns of the branches that an agent has, from left to right. */
export function columnsOf(page: Page, agent: AgentId): Locator {
  return page.locator(`section.column.${agent}`);
}

export async function askIn(column: Locator, text: string): Promise<void> {
  await column.getByLabel("Your message").fill(text);
  await column.getByLabel("Your message").press("Enter");
}

/** The answers that a column shows, each without its space. */
export async function answersIn(column: Locator): Promise<string[]> {
  const items = await column.locator(".assistant:not(.waiting)").all();
  return Promise.all(
    items.map(async (item) => (await item.locator("p:not(.end)").allTextContents()).join("\n\n")),
  );
}

export async function lastIn(column: Locator): Promise<string> {
  return (await answersIn(column)).at(-1) ?? "";
}

/** Waits until an answer is being written in a column and has some words. */
export async function growing(column: Locator): Promise<void> {
  await column.getByRole("button", { name: "Stop", exact: true }).waitFor();
  await expect.poll(async () => (await lastIn(column)).length, { timeout: 20_000 }).toBeGreaterThan(60);
}

/** Waits until nothing is being written in a column. */
export async function over(column: Locator): Promise<void> {
  await column.getByRole("button", { name: "Send", exact: true }).waitFor({ timeout: 60_000 });
}

/** Points at a message, forks there, and chooses who goes on. */
export async function forkAt(
  column: Locator,
  message: string,
  agents: readonly AgentId[],
  text = "",
): Promise<void> {
  await column.locator("li.user, li.assistant", { hasText: message }).first().hover();
  const foot = column.locator(`li:has-text(${JSON.stringify(message)}) + li.after`).first();
  await foot.getByRole("button", { name: "Fork here" }).click();
  const panel = foot.getByRole("form", { name: "Fork here" });
  for (const { id, name } of AGENTS) {
    const isChosen = await panel.getByLabel(name).isChecked();
    if (isChosen !== agents.includes(id)) await panel.getByText(name, { exact: true }).click();
  }
  await panel.getByLabel("What the branch is asked").fill(text);
  await panel.getByRole("button", { name: /^Fork/ }).click();
  await panel.waitFor({ state: "detached" });
}

/** The rows of the tree, as a page shows them: how deep, and what they say. */
export async function treeOf(page: Page): Promise<string[]> {
  return page.locator(".tree .row").evaluateAll((rows) =>
    rows.map((row) => {
      let depth = 0;
      for (let at = row.closest("ul"); at !== null; at = at.parentElement!.closest("ul")) depth++;
      const [title, agent] = ["title", "agent"].map((name) => row.querySelector(`.${name}`)?.textContent);
      return `${"  ".repeat(depth - 1)}${title} (${agent})`;
    }),
  );
}
