import { PLAIN_CREATION } from "@perennial/testing/journal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { initialState } from "../stream/evolve.ts";
import { Deadlines } from "./deadlines.ts";
import { Stream } from "./stream.ts";

const START = 1_700_000_000_000;

function mortal(ttlSeconds: number): Stream {
  return new Stream(initialState({ ...PLAIN_CREATION, at: START, ttlSeconds }), "live");
}

test("each stream is met in the first search after its deadline, though it moves, and seldom before", () => {
  const lifetime = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 10_000_000 }));
  fc.assert(
    fc.property(
      fc.array(lifetime, { minLength: 1, maxLength: 20 }),
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.4, noNaN: true }), fc.nat()), { maxLength: 30 }),
      (lifetimes, steps) => {
        const deadlines = new Deadlines();
        const streams = new Set(lifetimes.map(mortal));
        for (const stream of streams) deadlines.add(stream);
        let now = START;
        let met = 0;
        for (const [share, used] of [...steps, ...Array<[number, number]>(60).fill([0.9, -1])]) {
          const stream = [...streams][used % lifetimes.length];
          if (used >= 0 && stream !== undefined && !stream.isExpired(now)) stream.lastUse = now;
          now += Math.max(1000, share * Math.max(...lifetimes) * 1000);
          for (const due of deadlines.due(now)) {
            met += 1;
            if (!due.isExpired(now)) continue;
            streams.delete(due);
            deadlines.delete(due);
          }
          for (const left of streams) expect(left.isExpired(now)).toBe(false);
          expect(deadlines.size).toBe(streams.size);
        }
        expect(streams.size).toBe(0);
        expect(met).toBeLessThanOrEqual(lifetimes.length * 100);
      },
    ),
  );
});

test("streams without a lifetime are never met, and a deleted one is not either", () => {
  const deadlines = new Deadlines();
  const stream = mortal(1);
  deadlines.add(stream);
  deadlines.delete(stream);
  deadlines.delete(stream);
  expect([...deadlines.due(START + 10_000)]).toEqual([]);
});
