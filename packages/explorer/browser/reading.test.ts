/** A stream as text that one reads: an answer while it is written, chats, and streams too long to read whole. */
import { IdempotentProducer } from "@perennial/client";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

const text = (page: Page) => page.getByRole("region", { name: "Text of the stream" });
const isAtEnd = (page: Page) =>
  text(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight < 40);
const chunk = (content: object, finish_reason: string | null = null) =>
  JSON.stringify({
    id: "c1",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: content, finish_reason }],
  });

test("an answer is read while it is written, word for word, with a caret until it ends", async () => {
  const handle = await explorer.server.create("answer", "application/json");
  const page = await explorer.open("/streams/answer?panel=read");
  await page.getByText("Nothing has been written yet.").waitFor();
  await handle.append(chunk({ role: "assistant", content: "" }));
  const words = Array.from({ length: 2_000 }, (_, index) => `word${index}${index % 50 === 49 ? "\n" : " "}`);
  const producer = new IdempotentProducer(handle, "model", { lingerMs: 1 });
  for (const content of words) producer.append(chunk({ content }));
  await producer.flush({ rejectOnError: true });
  await text(page).getByText("word1999").waitFor();
  await expect.poll(() => isAtEnd(page)).toBe(true);
  expect(await page.locator(".caret").count()).toBe(1);
  expect(await page.getByRole("combobox").locator("option:checked").textContent()).toBe(
    "OpenAI chat (found)",
  );
  const shown = await page.locator(".reading-block").allTextContents();
  expect(shown.join("\n").split(/\s+/).filter(Boolean)).toEqual(words.map((word) => word.trim()));
  await handle.append(chunk({}, "stop"));
  await expect.poll(() => page.locator(".caret").count()).toBe(0);
});

test("whoever reads further up stays there, and comes back to the end", async () => {
  const handle = await explorer.server.create("story", "text/plain");
  await handle.append(Array.from({ length: 400 }, (_, line) => `Line ${line} of a story.\n`).join(""));
  const page = await explorer.open("/streams/story?panel=read");
  await text(page).getByText("Line 399").waitFor();
  await expect.poll(() => isAtEnd(page)).toBe(true);
  await text(page).evaluate((element) => element.scrollBy({ top: -3000 }));
  await page.getByRole("button", { name: "To the end" }).waitFor();
  const top = () => text(page).evaluate((element) => element.scrollTop);
  const before = await top();
  await handle.append("And ");
  await handle.append("then");
  await text(page).getByText("And then").waitFor({ state: "attached" });
  expect(await top()).toBe(before);
  await page.getByRole("button", { name: "To the end" }).click();
  await expect.poll(() => isAtEnd(page)).toBe(true);
});

test("of a long text the end is shown, and earlier text where it is asked for", async () => {
  const handle = await explorer.server.create("long", "text/plain");
  const line = (number: number) => `${number} ${"lorem ipsum ".repeat(40)}\n`;
  for (let at = 0; at < 4_000; at += 500)
    await handle.append(Array.from({ length: 500 }, (_, index) => line(at + index)).join(""));
  const page = await explorer.open("/streams/long?panel=read");
  await text(page).getByText("3999 lorem").waitFor();
  const firstNumber = async () =>
    Number.parseInt((await page.locator(".reading-block").first().textContent())!, 10);
  const first = await firstNumber();
  expect(first).toBeGreaterThan(3_000);
  await text(page).evaluate((element) => element.scrollTo({ top: 0 }));
  await page.getByRole("button", { name: "Show earlier text" }).click();
  await expect.poll(firstNumber).toBeLessThan(first);
  expect(await isAtEnd(page)).toBe(false);
});

test("a chat is shown as turns, and a field can be chosen instead", async () => {
  const messages = [
    { from: "ada", text: "Is it done?", mood: "curious" },
    { from: "agent", text: "Nearly.", mood: "calm" },
  ];
  await explorer.server.create("talk", "application/json", JSON.stringify(messages));
  const page = await explorer.open("/streams/talk?panel=read");
  await text(page).getByText("Nearly.").waitFor();
  expect(await page.locator(".reading-who").allTextContents()).toEqual(["ada", "agent"]);
  await page.getByRole("combobox").selectOption("mood");
  await text(page).getByText("curiouscalm").waitFor();
});

test("content is text, whatever it holds", async () => {
  const content = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
  await explorer.server.create(
    "hostile",
    "application/json",
    JSON.stringify([{ role: "<b>x</b>", content }]),
  );
  const page = await explorer.open("/streams/hostile?panel=read");
  await text(page).getByText(content).waitFor();
  expect(await page.title()).not.toBe("1");
  expect(await text(page).locator("img, script, b").count()).toBe(0);
});
