/** The explorer at scale. Prints what it measures and holds it to its bars: `npm run bench -w @perennial/explorer`. */
import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const STREAMS = 100_000;
const MESSAGES = 1_000_000;
const FIRST_VIEW_MS = 1000;
/** Times that a million messages are scrolled through, and what all but the first may leave behind. */
const ROUNDS = 4;
const GROWTH_BYTES = 4e6;
const ELEMENTS = 1500;

const explorer = startExplorer();

const show = (name: string, value: string): void => console.log(`${name.padEnd(52)} ${value}`);
const ms = (value: number): string => `${Math.round(value)} ms`;
const mb = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;

/** Bytes that the page's objects take, garbage left out. */
async function heapBytes(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

function countElements(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll("*").length);
}

/** Scrolls an element from its top to its end in steps; returns the times between frames, ms. */
function scrollThrough(page: Page, selector: string, steps: number): Promise<number[]> {
  return page.evaluate(
    async ({ selector, steps }) => {
      const element = document.querySelector(selector)!;
      const frames: number[] = [];
      let last = performance.now();
      for (let step = 0; step <= steps; step++) {
        element.scrollTop = (element.scrollHeight * step) / steps;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        frames.push(performance.now() - last);
        last = performance.now();
      }
      return frames.sort((a, b) => a - b);
    },
    { selector, steps },
  );
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

test(`${MESSAGES} messages`, async () => {
  const handle = await explorer.server.create("million", "application/json");
  const batch = 10_000;
  for (let start = 0; start < MESSAGES; start += batch) {
    const messages = Array.from({ length: batch }, (_, index) => ({
      n: start + index,
      text: "a message like any other",
    }));
    await fetch(handle.url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(messages),
    });
  }
  const page = await explorer.open("/streams/million");
  const session = await page.context().newCDPSession(page);
  await page.locator(".message").first().waitFor();
  show("first messages", ms(await page.evaluate(() => performance.now())));
  await page.getByText(`"n":${MESSAGES - 1},`).waitFor({ timeout: 120_000 });
  show("at the tail of a million", ms(await page.evaluate(() => performance.now())));
  // The first time through leaves what is kept for good; every time after it must leave nothing.
  let frames: number[] = [];
  const heaps: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    frames = await scrollThrough(page, ".messages-scroller", 400);
    heaps.push(await heapBytes(session));
  }
  await page.getByRole("slider", { name: "Position in the stream" }).fill("500000");
  await page.getByRole("complementary", { name: "Message" }).getByText("499999").waitFor();
  heaps.push(await heapBytes(session));
  const elements = await countElements(page);
  show(
    "frames while scrolling, median / p95",
    `${ms(quantile(frames, 0.5))} / ${ms(quantile(frames, 0.95))}`,
  );
  show(`heap after ${ROUNDS} times through, and a jump`, heaps.map(mb).join(" / "));
  show("elements", String(elements));
  expect(heaps.at(-1)! - Math.min(...heaps)).toBeLessThan(GROWTH_BYTES);
  expect(elements).toBeLessThan(ELEMENTS);
});

test(`${STREAMS} streams`, async () => {
  const paths = Array.from({ length: STREAMS }, (_, index) => `load/${index % 100}/stream-${index}`);
  const queue = paths.values();
  const put = async (): Promise<void> => {
    for (const path of queue) await explorer.server.create(path, "text/plain");
  };
  await Promise.all(Array.from({ length: 32 }, put));

  const page = await explorer.open("/");
  await page.getByText("load/").first().waitFor();
  await page.close();
  const again = await explorer.open("/");
  const firstView = await again.evaluate(async () => {
    while (document.querySelector(".tree-item") === null)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now();
  });
  show("first view, from the start of the navigation", ms(firstView));
  await again.getByText(/100\u202f00\d streams$/).waitFor();
  show("all streams listed", ms(await again.evaluate(() => performance.now())));
  const search = again.getByRole("searchbox", { name: "Search streams" });
  const before = performance.now();
  await search.fill("99999");
  await again.getByRole("treeitem", { name: "stream-99999" }).waitFor();
  show("search among them", ms(performance.now() - before));
  await search.fill("load");
  const frames = await scrollThrough(again, ".tree", 300);
  show(
    "frames while scrolling, median / p95",
    `${ms(quantile(frames, 0.5))} / ${ms(quantile(frames, 0.95))}`,
  );
  const elements = await countElements(again);
  show("elements", String(elements));
  expect(firstView).toBeLessThan(FIRST_VIEW_MS);
  expect(elements).toBeLessThan(ELEMENTS);
});
