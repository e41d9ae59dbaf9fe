/** What a page says of a stream is true of it, in small things, too. */
import { expect, test } from "vitest";
import { clipboard, startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

test("a stream that was deleted and created again is shown again, from its beginning", async () => {
  await explorer.server.create("lives", "application/json", '["old"]');
  const page = await explorer.open("/streams/lives");
  const previews = () => page.locator(".message-preview").allTextContents();
  await expect.poll(previews).toEqual(['"old"']);
  await fetch(explorer.server.url("lives"), { method: "DELETE" });
  await page.getByText("There is no such stream").waitFor();
  await explorer.server.create("lives", "application/json", '["new"]');
  await expect.poll(previews).toEqual(['"new"']);
  await page.getByText("Live", { exact: true }).waitFor();
});

test("a stream that is made while its page is open appears", async () => {
  const page = await explorer.open("/streams/later");
  await page.getByText("There is no such stream").waitFor();
  await explorer.server.create("later", "text/plain", "here\n");
  await expect.poll(() => page.locator(".message-preview").allTextContents()).toEqual(["here"]);
});

test("one message is one message, and what was never written has no last write", async () => {
  await explorer.server.create("one", "application/json");
  const page = await explorer.open("/streams/one");
  const facts = page.locator(".facts");
  await expect.poll(() => facts.textContent()).toMatch(/0 messages.*created/);
  expect(await facts.textContent()).not.toContain("last write");
  await fetch(explorer.server.url("one"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "1",
  });
  await expect.poll(() => facts.textContent()).toMatch(/1 message[^s].*last write/);
});

test("a link copied at Now leads to now, and looking back is not called following", async () => {
  await explorer.server.create("links", "application/json", "[1,2]");
  const page = await explorer.open("/streams/links");
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect.poll(() => clipboard(page)).toBe(`${explorer.server.origin}/streams/links`);
  await page.getByRole("option").first().click();
  await expect.poll(() => page.locator(".badge").textContent()).toBe("Live, not following");
});

test("lines of JSON are lines", async () => {
  await explorer.server.create("ndjson", "application/x-ndjson", '{"a":1}\n{"b":2}\n');
  const page = await explorer.open("/streams/ndjson");
  await expect.poll(() => page.locator(".message-preview").allTextContents()).toEqual(['{"a":1}', '{"b":2}']);
});

test("Multiplayer that is opened again is the same session", async () => {
  const page = await explorer.open("/multiplayer");
  await expect.poll(() => page.url()).toContain("session=");
  const address = page.url();
  await page.goto(`${explorer.server.origin}/multiplayer`);
  await expect.poll(() => page.url()).toBe(address);
});
