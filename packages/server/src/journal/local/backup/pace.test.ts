import fc from "fast-check";
import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

test("on the whole no more bytes pass than the rate allows, and no time is wasted", async () => {
  const step = fc.record({ bytes: fc.nat(1_000_000), workMs: fc.nat(2000) });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1000, max: 10_000_000 }),
      fc.array(step, { minLength: 1 }),
      async (rate, steps) => {
        let now = 5000;
        let slept = 0;
        const sleep = async (ms: number) => {
          now += ms;
          slept += ms;
        };
        const pace = new Pace(rate, { now: () => now, sleep });
        let bytes = 0;
        for (const { bytes: more, workMs } of steps) {
          now += workMs;
          bytes += more;
          await pace.reach(bytes);
          expect(now - 5000).toBeGreaterThanOrEqual((bytes / rate) * 1000 - 0.001);
        }
        const work = steps.reduce((sum, { workMs }) => sum + workMs, 0);
        expect(slept).toBeLessThanOrEqual((bytes / rate) * 1000 + 0.001);
        expect(now - 5000).toBeCloseTo(work + slept, 3);
      },
    ),
  );
});

test("without a limit nothing sleeps", async () => {
  const sleeps: number[] = [];
  const pace = new Pace(Number.POSITIVE_INFINITY, {
    now: () => 0,
    sleep: async (ms) => void sleeps.push(ms),
  });
  await pace.reach(1e12);
  expect(sleeps).toEqual([0]);
});
