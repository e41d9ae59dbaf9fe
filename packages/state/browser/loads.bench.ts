/**
 * Loads 100,000 rows in Chromium by this package and by the official one in turn, and prints for how long the page was blocked
 * and what a load took: `npm run bench:browser -w @perennial/state`. `PERENNIAL_EFFORT` multiplies the rounds; with
 * `PERENNIAL_PROFILE=FILE` one more load is profiled into a file that Chromium's developer tools open.
 */
import { writeFile } from "node:fs/promises";
import { createServer } from "@perennial/server";
import { runs } from "@perennial/testing";
import { findChromium } from "@perennial/testing/chromium";
import { chromium, type Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Loaded } from "./page.ts";
import { createLargeStream, serveSite } from "./site.ts";

const ROWS = 100_000;
const ROUNDS = runs(6);
const PACKAGES = ["ours", "official"] as const;
type Package = (typeof PACKAGES)[number];

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const load = (page: Page, url: string, by: Package): Promise<Loaded> =>
  page.evaluate(([at, which]) => window.stateApp.load(at, which), [url, by] as const);

async function profile(page: Page, url: string, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Profiler.enable");
  await session.send("Profiler.setSamplingInterval", { interval: 200 });
  await session.send("Profiler.start");
  await load(page, url, "ours");
  await writeFile(file, JSON.stringify((await session.send("Profiler.stop")).profile));
  console.log(`profile: ${file}`);
}

test(`${ROWS} rows, loaded in turn`, async () => {
  const streams = createServer({ port: 0, drainMs: 0 });
  await streams.start();
  const site = await serveSite();
  const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
  try {
    const { url } = await createLargeStream(`${streams.url}/v1/stream/large`, ROWS);
    const loads: Record<Package, Loaded[]> = { ours: [], official: [] };
    console.log("round  package   longest block ms   wall ms");
    for (let round = 0; round < ROUNDS; round++) {
      // Whoever goes first in one round goes last in the next.
      for (const by of round % 2 ? PACKAGES.toReversed() : PACKAGES) {
        // A new page each time, as people open one: nothing is compiled yet.
        const page = await browser.newPage();
        await page.goto(site.url("production"));
        const loaded = await load(page, url, by);
        await page.close();
        loads[by].push(loaded);
        const [block, wall] = [loaded.longestBlock, loaded.milliseconds].map((value) => value.toFixed(0));
        console.log(
          `${String(round + 1).padStart(5)}  ${by.padEnd(8)} ${block!.padStart(17)} ${wall!.padStart(9)}`,
        );
      }
    }
    for (const by of PACKAGES) {
      const blocks = loads[by].map(({ longestBlock }) => longestBlock);
      const walls = loads[by].map(({ milliseconds }) => milliseconds);
      const over = blocks.filter((block) => block >= 50).length;
      console.log(
        `${by}: block median ${median(blocks).toFixed(0)} ms, worst ${Math.max(...blocks).toFixed(0)}, ` +
          `50 ms or more in ${over} of ${ROUNDS}; wall median ${median(walls).toFixed(0)} ms`,
      );
      expect(new Set(loads[by].map(({ rows }) => rows))).toEqual(new Set([ROWS]));
    }
    const file = process.env.PERENNIAL_PROFILE;
    if (file !== undefined) {
      const page = await browser.newPage();
      await page.goto(site.url("production"));
      await profile(page, url, file);
    }
  } finally {
    await browser.close();
    site.stop();
    await streams.stop();
  }
});
