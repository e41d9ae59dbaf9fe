/** A server with services, whose page asks who is there. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DurableStream } from "@perennial/client";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";
import { startServer, type TestServer } from "./support/server.ts";
import { STYLES } from "./support/styles.ts";

const LAUNCHER = fileURLToPath(new URL("../../cli/bin/perennial.js", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../../artifacts/explorer/", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "perennial-signing-in-"));
const explorer = startExplorer();

let server: TestServer;
let secret = "";

function service(action: string, id: string): string {
  const args = [LAUNCHER, "service", action, id, "--data-dir", directory];
  return execFileSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

beforeAll(async () => {
  secret = service("create", "my-app");
  service("create", "other");
  server = await startServer(0, "--data-dir", directory);
  const headers = { Authorization: `Bearer ${secret}` };
  await DurableStream.create({
    url: server.url("my-app/hello"),
    headers,
    contentType: "text/plain",
    body: "Hi",
  });
});
afterAll(() => server.stop());

const open = (path: string): Promise<Page> => explorer.open(path, { origin: server.origin });
const field = (page: Page) => page.getByLabel("Secret or token");
const submit = (page: Page) => page.getByRole("button", { name: "Sign in" }).click();

test("a page without a credential asks for one, takes the right one, and forgets it", async () => {
  const page = await open("/streams/my-app/hello");
  await field(page).fill("psk_wrong");
  await submit(page);
  await page.getByText("does not take what you signed in with").waitFor();
  mkdirSync(FOLDER, { recursive: true });
  const [[, asUsual]] = STYLES as [(typeof STYLES)[number]];
  for (const [style, apply] of STYLES) {
    await apply(page);
    await page.screenshot({ path: `${FOLDER}sign-in-${style}.png` });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
  await asUsual(page);
  await page.setViewportSize({ width: 1360, height: 820 });
  await field(page).fill(` ${secret}\u00a0`);
  await submit(page);
  await page.getByText("Live").waitFor();
  await page.locator(".message-preview").getByText("Hi").waitFor();
  for (const [style, apply] of STYLES) {
    await apply(page);
    await page.screenshot({ path: `${FOLDER}signed-in-${style}.png` });
  }
  await page.setViewportSize({ width: 1360, height: 820 });
  const kept = await page.evaluate(() =>
    [location.href, JSON.stringify(localStorage), document.cookie].join(),
  );
  expect(kept).not.toContain(secret);
  await page.reload();
  await page.getByText("Live").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await field(page).waitFor();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  expect(await page.getByText("Hi", { exact: true }).count()).toBe(0);
});

test("a sign-in link shows the streams of its service, and is gone from address and history", async () => {
  const link = service("link", "my-app");
  const page = await open(link.slice(link.indexOf("/#")));
  await page.getByText("hello").first().waitFor({ state: "attached" });
  const token = link.slice(link.indexOf("=") + 1);
  expect(page.url()).toBe(`${server.origin}/`);
  expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
  await page.goto(`${server.origin}/streams/my-app/hello?panel=wire`);
  await page.getByText("Live", { exact: true }).waitFor();
  expect(await page.content()).not.toContain(token);
});

test("what belongs to another service asks again, and leads back", async () => {
  const link = service("link", "my-app");
  const page = await open(link.slice(link.indexOf("/#")));
  await page.getByText("hello").first().waitFor({ state: "attached" });
  await page.goto(`${server.origin}/streams/other/none`);
  await page.getByText("does not take what you signed in with").waitFor();
  await page.getByRole("link", { name: "My streams" }).click();
  await page.getByText("hello").first().waitFor({ state: "attached" });
});
