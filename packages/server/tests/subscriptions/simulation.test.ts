import { replayOf, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { simulate } from "./simulation/simulation.ts";

const FILE = "packages/server/tests/subscriptions/simulation.test.ts";
const seeds = new Seeds(15);

test(`each append wakes, nobody has a generation twice, and no cursor runs ahead, for ${seeds}`, async () => {
  const totals: Record<string, number> = {};
  for (const seed of seeds) {
    const report = await simulate(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed} failed; replay: ${replayOf(seed)} npx vitest run ${FILE}`, {
        cause: error,
      });
    });
    for (const [name, count] of Object.entries(report)) totals[name] = (totals[name] ?? 0) + count;
  }
  console.log(`${seeds}: ${JSON.stringify(totals)}`);
  // Every kind of trouble has struck.
  if (seeds.count >= 15)
    for (const count of Object.values(totals)) expect(count).toBeGreaterThan(seeds.count);
}, 3_600_000);
