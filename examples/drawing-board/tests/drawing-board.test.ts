/** The board in Chromium: one draws, one watches, winds back and forks. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seriousViolations } from "@perennial/testing/axe";
import { findChromium } from "@perennial/testing/chromium";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

let outDir: string;
let server: PreviewServer;
let browser: Browser;

beforeAll(async () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  outDir = await mkdtemp(join(tmpdir(), "perennial-board-"));
  await build({ root, build: { outDir }, logLevel: "error" });
  const at = { port: 0, host: "localhost" };
  server = await preview({ root, build: { outDir }, preview: at, logLevel: "error" });
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

async function open(hash = ""): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.resolvedUrls!.local[0]}${hash}`);
  await page.locator("canvas[data-hash]").waitFor();
  return page;
}

async function scribble(page: Page, lines: number): Promise<void> {
  const { x, y, width, height } = (await page.locator("canvas").boundingBox())!;
  await page.mouse.move(x + 20, y + 20);
  await page.mouse.down();
  for (let line = 0; line < lines; line++)
    await page.mouse.move(x + 20 + ((line * 37) % (width - 40)), y + 20 + ((line * 53) % (height - 40)), {
      steps: 5,
    });
  await page.mouse.up();
}

/** How many frames a page shows, and the hash of what they make. */
const shown = (page: Page) => page.locator("canvas").getAttribute("data-hash");
const tickOf = async (page: Page) => Number((await shown(page))?.split(":")[0]);

const windTo = (page: Page, tick: number) =>
  page.getByLabel("Moment").evaluate((input: HTMLInputElement, value) => {
    input.value = String(value);
    input.dispatchEvent(new Event("input"));
  }, tick);

test("one draws, another sees it, winds back, and draws on from there in a fork", async () => {
  const ada = await open();
  await scribble(ada, 12);
  await expect.poll(() => tickOf(ada)).toBeGreaterThan(50);
  const middle = await tickOf(ada);
  const then = await shown(ada);
  await scribble(ada, 12);
  await expect.poll(() => tickOf(ada)).toBeGreaterThan(100);
  const grace = await open(new URL(ada.url()).hash);
  await expect.poll(async () => (await shown(grace)) === (await shown(ada))).toBe(true);
  await windTo(grace, middle);
  await expect.poll(() => shown(grace)).toBe(then);
  await grace.getByRole("button", { name: "Fork here" }).click();
  await grace.getByText("You draw.").waitFor();
  await expect.poll(() => shown(grace)).toBe(then);
  const original = await shown(ada);
  await scribble(grace, 3);
  await expect.poll(() => tickOf(grace)).toBeGreaterThan(middle);
  expect(await shown(ada)).toBe(original);
  expect(await seriousViolations(ada)).toEqual([]);
});
