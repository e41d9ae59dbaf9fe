import { execFileSync } from "node:child_process";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { clipboard, startExplorer } from "./support/explorer.ts";
import { flakyProxy } from "./support/flaky-proxy.ts";

const explorer = startExplorer();

const previews = (page: Page) => page.locator(".message-preview").allTextContents();
const badge = (page: Page) => page.locator(".badge").textContent();

test("messages are there, and come as they land", async () => {
  const handle = await explorer.server.create("live", "application/json", '[{"n":1},{"n":2}]');
  const page = await explorer.open("/streams/live");
  await expect.poll(() => previews(page)).toEqual(['{"n":1}', '{"n":2}']);
  await expect.poll(() => badge(page)).toBe("Live");
  await handle.append('{"n":3}');
  await expect.poll(() => previews(page)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  await handle.close();
  await expect.poll(() => badge(page)).toBe("Closed");
});

test("a message is shown in full as JSON, text and hex, with its offset", async () => {
  await explorer.server.create(
    "forms",
    "application/json",
    '[0,{"big":12345678901234567890,"list":[true,null]}]',
  );
  const page = await explorer.open("/streams/forms");
  await page.getByRole("option").nth(1).click();
  const content = page.getByRole("region", { name: "Content" });
  await expect
    .poll(() => content.textContent())
    .toBe('{\n  "big": 12345678901234567890,\n  "list": [\n    true,\n    null\n  ]\n}');
  await page.getByText("0000000000000000_0000000000000002").waitFor();
  await page.getByRole("button", { name: "Text" }).click();
  expect(await content.textContent()).toBe('{"big":12345678901234567890,"list":[true,null]}');
  await page.getByRole("button", { name: "Hex" }).click();
  expect(await content.textContent()).toMatch(/^000000 {2}7b 22 62 69 67 22 3a 31 {2}/);
});

test("a long message shows what is in view, and can be folded", async () => {
  const parts = Array.from({ length: 8000 }, (_, id) => ({ id, name: `part ${id}`, done: id % 2 === 0 }));
  await explorer.server.create("long", "application/json", JSON.stringify([[{ first: 1 }], parts]));
  const page = await explorer.open("/streams/long");
  await page.getByRole("option").first().click();
  const content = page.getByRole("region", { name: "Content" });
  await content.getByText('"first"').waitFor();
  await page.getByRole("option").nth(1).click();
  await content.getByText('"part 0"').waitFor();
  expect(await content.locator("*").count()).toBeLessThan(2000);
  await content.getByRole("button", { name: "Fold" }).nth(1).click();
  await expect.poll(() => content.textContent()).toMatch(/^\[\n {2}\{ …\n {2}\{\n {4}"id": 1,/);
  await content.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await content.getByText('"part 7999"').waitFor();
  await page.getByRole("button", { name: "Fold all", exact: true }).click();
  await content.evaluate((element) => element.scrollTo(0, 0));
  await expect.poll(() => content.textContent()).toMatch(/^\[\n {2}\{ …\n {2}\{ …/);
  await page.getByRole("button", { name: "Unfold all" }).click();
  await content.getByText('"part 0"').waitFor();
});

test("text is shown by lines, anything else in hex", async () => {
  await explorer.server.create("lines", "text/plain", "one\ntwo\nthr");
  const page = await explorer.open("/streams/lines");
  await expect.poll(() => previews(page)).toEqual(["one", "two", "thr"]);
  await page.getByRole("option").last().click();
  await page.getByRole("heading", { name: "Line 3" }).waitFor();
  await explorer.server.create("bytes", "application/octet-stream", "0123456789abcdefXYZ");
  const other = await explorer.open("/streams/bytes");
  await expect
    .poll(() => previews(other))
    .toEqual([
      "30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef",
      expect.stringMatching(/^58 59 5a +XYZ$/),
    ]);
});

test("a place is copied as a command and as programs that read from there", async () => {
  await explorer.server.create("copied/1", "application/json", '["first","second"]');
  const page = await explorer.open("/streams/copied/1");
  await page.getByRole("option").nth(1).click();
  const copyAs = async (name: string): Promise<string> => {
    await page.getByRole("button", { name }).click();
    await expect.poll(() => clipboard(page)).toContain(explorer.server.url("copied/1"));
    return clipboard(page);
  };
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(command, args, { cwd: import.meta.dirname, encoding: "utf8", stdio: "pipe" });
  expect(run("sh", ["-c", await copyAs("curl")])).toBe('["second"]');
  const python = await copyAs("Python");
  expect(run("python3", ["-c", python])).toMatch(/^second\nnext offset: \d+_\d+\n$/);
  const typescript = await copyAs("TypeScript");
  // It follows the stream, and ends with it.
  await fetch(explorer.server.url("copied/1"), { method: "POST", headers: { "Stream-Closed": "true" } });
  expect(run(process.execPath, ["--input-type=module", "-e", typescript])).toContain("[ 'second' ]");
});

test("search finds text in the whole stream, forward and back", async () => {
  const words = Array.from({ length: 3000 }, (_, index) =>
    index % 1000 === 500 ? `needle ${index}` : "hay",
  );
  await explorer.server.create("haystack", "application/json", JSON.stringify(words));
  const page = await explorer.open("/streams/haystack");
  await expect.poll(() => badge(page)).toBe("Live");
  const box = page.getByRole("searchbox", { name: "Search messages" });
  await box.fill("NEEDLE");
  const chosen = () => page.locator('.message[aria-selected="true"] .message-preview').textContent();
  for (const number of [500, 1500, 2500]) {
    await box.press("Enter");
    await expect.poll(chosen).toBe(`"needle ${number}"`);
  }
  await box.press("Shift+Enter");
  await expect.poll(chosen).toBe('"needle 1500"');
  await box.fill("nothing like it");
  await box.press("Enter");
  await page.getByText("Nothing found").waitFor();
});

test("a paused page stands still, says how far it is behind, and goes on where it was", async () => {
  const handle = await explorer.server.create("paused", "application/json", "[1]");
  const page = await explorer.open("/streams/paused");
  await expect.poll(() => badge(page)).toBe("Live");
  await page.getByRole("button", { name: "Pause" }).click();
  await handle.append("22");
  await expect.poll(() => badge(page)).toBe("Paused · 3 B behind");
  expect(await previews(page)).toEqual(["1"]);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect.poll(() => previews(page)).toEqual(["1", "22"]);
});

test("a lost connection is shown, and what was missed arrives", async () => {
  const handle = await explorer.server.create("lossy", "application/json", "[1]");
  const proxy = await flakyProxy(explorer.server.origin);
  const page = await explorer.open("/streams/lossy", { origin: proxy.origin });
  await expect.poll(() => badge(page)).toBe("Live");
  proxy.cut();
  await expect.poll(() => badge(page)).toContain("Reconnecting");
  await handle.append("2");
  proxy.restore();
  await expect.poll(() => previews(page)).toEqual(["1", "2"]);
  await expect.poll(() => badge(page)).toBe("Live · 1 reconnect");
  proxy.close();
});

test("a stream that is not there is said to be gone", async () => {
  const page = await explorer.open("/streams/nowhere");
  await page.getByText("There is no such stream").waitFor();
  // Of what is not there nothing is counted.
  expect(await page.locator(".view-header").textContent()).not.toMatch(/\d/);
});
