import { replayOf, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { LawBroken } from "./simulation/lives.ts";
import { type SimulationReport, simulate } from "./simulation/simulation.ts";

const FILE = "packages/server/tests/journal/simulation.test.ts";
/** `npm run simulate -- --seeds N --seed S` sets these; a failing seed is replayed with `--seeds 1 --seed S`. */
const seeds = new Seeds(200);

test(`acknowledged is in recovered is in attempted, for ${seeds}`, async () => {
  const totals: Record<string, number> = {};
  for (const seed of seeds) {
    const report = await replayable(seed);
    for (const [name, count] of Object.entries(report)) totals[name] = (totals[name] ?? 0) + count;
  }
  console.log(`${seeds}: ${JSON.stringify(totals)}`);
  // Every kind of trouble has struck.
  if (seeds.count >= 100)
    for (const count of Object.values(totals)) expect(count).toBeGreaterThan(seeds.count / 10);
}, 3_600_000);

/** What was found by long campaigns, each with what it met. */
test.each([
  [
    4079,
    "a segment behind the end of the log, removed, was back after a power cut, and recovery began in it",
  ],
])("seed %i, which failed once, plays to its end: %s", async (seed) => {
  await expect(replayable(seed)).resolves.toBeDefined();
});

async function replayable(seed: number): Promise<SimulationReport> {
  try {
    return await simulate({ seed });
  } catch (error) {
    throw new Error(`seed ${seed} failed; replay: ${replayOf(seed)} npx vitest run ${FILE}`, {
      cause: error,
    });
  }
}

test("the simulation notices a disk that lies about flushing", async () => {
  const broken: unknown[] = [];
  for (let seed = 1; seed <= 120; seed++) {
    await simulate({ seed, lying: true }).catch((error: unknown) => broken.push(error));
  }
  expect(broken.length).toBeGreaterThan(5);
  expect(broken.some((error) => error instanceof LawBroken)).toBe(true);
});

test("a seed plays the same each time", async () => {
  expect(await simulate({ seed: 7 })).toEqual(await simulate({ seed: 7 }));
});
