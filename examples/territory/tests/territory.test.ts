/** A game in Chromium: two people and a bot, from the lobby to a victory and a rematch. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seriousViolations } from "@perennial/testing/axe";
import { findChromium } from "@perennial/testing/chromium";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

/** Only what hangs waits so long, ms. */
const PATIENCE_MS = 120_000;
/** So often seen at the same cell, one stands at the border, or is stunned. */
const STANDS_STILL = 15;

let outDir: string;
let server: PreviewServer;
let browser: Browser;
const pages: Page[] = [];

beforeAll(async () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  outDir = await mkdtemp(join(tmpdir(), "perennial-territory-"));
  await build({ root, build: { outDir }, logLevel: "error" });
  server = await preview({
    root,
    build: { outDir },
    preview: { port: 0, host: "localhost" },
    logLevel: "error",
  });
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});

afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

async function open(name: string, hash = "", options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  pages.push(page);
  const address = server.httpServer.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  await page.goto(`http://localhost:${address.port}/?name=${name}${hash}`);
  return page;
}

/** Makes a room and goes into it. Returns its part of the address. */
async function createRoom(page: Page, name: string, size: number, bots: number): Promise<string> {
  await page.getByLabel("Name of the room").fill(name);
  await page.getByText(`${size} × ${size}`, { exact: true }).click();
  await page.getByRole("group", { name: "Bots" }).getByText(String(bots), { exact: true }).click();
  await page.getByRole("button", { name: "Create and play" }).click();
  await page.getByRole("timer").waitFor();
  return new URL(page.url()).hash;
}

/** The standings as a page shows them: names with shares of the board, in percent. */
async function standings(page: Page): Promise<Map<string, number>> {
  const rows = await page
    .locator(".standings li")
    .evaluateAll((items) =>
      items.map((item) => [
        item.querySelector(".who")?.firstChild?.textContent ?? "",
        item.querySelector(".share")?.textContent ?? "",
      ]),
    );
  return new Map(rows.map(([name, share]) => [name!, Number.parseFloat(share!)]));
}

/** Walks in one direction: so many cells, or until the border, somebody else or the end is in the way. */
async function walk(page: Page, key: string, cells: number): Promise<void> {
  const at = () => page.locator("canvas").getAttribute("data-at");
  const start = await at();
  const isFar = (now: string | null): boolean => {
    const [[x = 0, y = 0], [toX = 0, toY = 0]] = [start, now].map((text) =>
      (text ?? "0,0").split(",").map(Number),
    ) as [number[], number[]];
    return Math.abs(toX - x) + Math.abs(toY - y) >= cells;
  };
  await page.keyboard.down(key);
  let before = start;
  let same = 0;
  await expect
    .poll(
      async () => {
        const now = await at();
        same = now === before ? same + 1 : 0;
        before = now;
        return isFar(now) || same > STANDS_STILL || (await isOver(page));
      },
      { interval: 100 },
    )
    .toBe(true);
  await page.keyboard.up(key);
}

const isOver = (page: Page) => page.getByRole("dialog", { name: "The end of the game" }).isVisible();

/** Walks squares until somebody has won. */
async function playToTheEnd(page: Page): Promise<void> {
  for (let round = 0; !(await isOver(page)); round++)
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"])
      await walk(page, key, 6 + (round % 5) * 4);
}

test("two people and a bot play to the end, see the same, and play again", async () => {
  const ada = await open("Ada");
  expect(await seriousViolations(ada)).toEqual([]);
  const hash = await createRoom(ada, "Meadow", 32, 1);
  const grace = await open("Grace", hash, { colorScheme: "dark", viewport: { width: 390, height: 844 } });
  await Promise.all([ada, grace].map((page) => page.getByText("3 connected").waitFor()));
  await ada.locator(".standings .tag").waitFor();
  await Promise.all([playToTheEnd(ada), playToTheEnd(grace)]);
  const results = (): Promise<(string | null)[]> =>
    Promise.all([ada, grace].map((page) => page.locator(".ending .result").textContent()));
  // A step from just before the end may arrive after it.
  await expect.poll(async () => new Set(await results()).size).toBe(1);
  const [result] = await results();
  expect(result).toMatch(/Ada/);
  expect(result).toMatch(/Grace/);
  for (const page of [ada, grace]) expect(await seriousViolations(page)).toEqual([]);
  // The score of each stays in the room.
  for (const page of [ada, grace])
    for (const name of ["Ada", "Grace"]) await page.locator(".best").getByText(name).waitFor();
  await grace.getByRole("button", { name: "Rematch" }).click();
  await ada.getByRole("dialog").waitFor({ state: "hidden" });
  await expect.poll(async () => (await standings(ada)).get("Ada (you)")).toBeLessThan(5);
});

test("a loop that is closed takes what is inside", async () => {
  const ada = await open("Ada");
  await createRoom(ada, "Loop", 32, 0);
  await expect.poll(async () => (await standings(ada)).size).toBe(1);
  const before = (await standings(ada)).get("Ada (you)")!;
  expect(before).toBeLessThan(1);
  // To the corner, and from there a square that ends where it began.
  for (const key of ["ArrowLeft", "ArrowUp"]) await walk(ada, key, 32);
  for (const key of ["ArrowRight", "ArrowDown"]) await walk(ada, key, 12);
  for (const key of ["ArrowLeft", "ArrowUp"]) await walk(ada, key, 32);
  // Its way is of at most 120 cells, 12 %: what is more was enclosed.
  await expect.poll(async () => (await standings(ada)).get("Ada (you)")).toBeGreaterThan(15);
});

test("a finger steers: a swipe goes on until the next touch, a tap is walked to", async () => {
  const ada = await open("Ada", "", {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await createRoom(ada, "Touch", 64, 0);
  await expect.poll(async () => (await standings(ada)).size).toBe(1);
  const share = async () => (await standings(ada)).get("Ada (you)") ?? 0;
  const swipe = (dx: number, dy: number) =>
    ada.locator("canvas").evaluate(
      (canvas, [x, y]) => {
        const { left, top, width, height } = canvas.getBoundingClientRect();
        const middle = { clientX: left + width / 2, clientY: top + height / 2, pointerId: 1, bubbles: true };
        canvas.setPointerCapture = () => undefined;
        canvas.dispatchEvent(new PointerEvent("pointerdown", middle));
        const moved = { ...middle, clientX: middle.clientX + x!, clientY: middle.clientY + y! };
        canvas.dispatchEvent(new PointerEvent("pointermove", moved));
        canvas.dispatchEvent(new PointerEvent("pointerup", moved));
      },
      [dx, dy],
    );
  const before = await share();
  await swipe(0, -40);
  await expect.poll(share).toBeGreaterThan(before);
  const after = await share();
  await swipe(40, 0);
  await expect.poll(share).toBeGreaterThan(after);
  const { width, height } = (await ada.locator("canvas").boundingBox())!;
  const still = await share();
  await ada.locator("canvas").tap({ position: { x: width / 4, y: height * 0.75 } });
  await expect.poll(share).toBeGreaterThan(still);
});

test("a room is found in the lobby, and somebody without a name is asked for one", async () => {
  const ada = await open("Ada");
  const hash = await createRoom(ada, "Orchard", 64, 0);
  const grace = await open("Grace");
  await grace.getByRole("button", { name: "Orchard" }).waitFor();
  await grace.emulateMedia({ colorScheme: "dark" });
  expect(await seriousViolations(grace)).toEqual([]);
  await grace.getByRole("button", { name: "Orchard" }).click();
  await Promise.all([ada, grace].map((page) => page.getByText("2 connected").waitFor()));
  await grace.getByRole("button", { name: "Exit" }).click();
  await grace.getByRole("heading", { name: "Territory Wars" }).waitFor();
  await ada.getByText("1 connected").waitFor();
  const linus = await open("", hash);
  await linus.getByLabel("Your name").fill("Linus");
  await linus.getByRole("button", { name: "Play in orchard" }).click();
  await ada.getByText("2 connected").waitFor();
  await expect.poll(async () => [...(await standings(ada)).keys()].sort()).toEqual(["Ada (you)", "Linus"]);
});

test("a room that is gone says so, and leads back to the lobby", async () => {
  const ada = await open("Ada");
  const hash = await createRoom(ada, "Gone", 32, 1);
  await ada.getByText("2 connected").waitFor();
  const id = hash.replace("#room/", "");
  await ada.evaluate((address) => fetch(address, { method: "DELETE" }), `/v1/yjs/territory/docs/${id}`);
  await ada.getByRole("dialog", { name: "The room is gone" }).waitFor();
  expect(await seriousViolations(ada)).toEqual([]);
  await ada.getByRole("button", { name: "To the lobby" }).click();
  await ada.getByRole("heading", { name: "Territory Wars" }).waitFor();
});

test("the lobby fits a phone whatever rooms are called, and whatever the address says", async () => {
  const ada = await open("Ada");
  await createRoom(ada, "W".repeat(30), 32, 0);
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true };
  const grace = await open("Grace", "#room/%E0%A4%A", phone);
  await grace.getByRole("button", { name: "W".repeat(30) }).waitFor();
  expect(await grace.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
