import fc from "fast-check";
import { expect, test } from "vitest";
import { IdlePace } from "./idle-pace.ts";

const ROUND_MS = 1000;

/** Takes all that is to be looked at, over some turns. */
function takeAll(pace: IdlePace, now: number, streams: number): number {
  let taken = 0;
  do taken += pace.take(now, streams);
  while (pace.isBehind);
  return taken;
}

test("goes round once in its time, however often it is asked", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: ROUND_MS / 2 }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 2, max: 10_000 }),
      (steps, streams) => {
        const pace = new IdlePace(ROUND_MS, 0);
        let now = 0;
        let taken = 0;
        for (const step of steps) {
          now += step;
          taken += takeAll(pace, now, streams);
        }
        expect(Math.abs(taken - (streams * now) / ROUND_MS)).toBeLessThan(1.001);
      },
    ),
  );
});

test("is as fast at the end of a round in which all are dropped", () => {
  const pace = new IdlePace(ROUND_MS, 0);
  let streams = 1000;
  for (let now = 100; now <= ROUND_MS; now += 100) streams -= takeAll(pace, now, streams);
  expect(streams).toBe(0);
});

test("does some hundred in one turn, and the rest in the next ones", () => {
  const pace = new IdlePace(ROUND_MS, 0);
  let turns = 1;
  let taken = pace.take(ROUND_MS, 10_000);
  for (; pace.isBehind; turns++) {
    const more = pace.take(ROUND_MS, 10_000);
    expect(more).toBeLessThanOrEqual(500);
    taken += more;
  }
  expect({ taken, turns }).toEqual({ taken: 10_000, turns: 20 });
});

test("owes one round after a long sleep, and nothing to a clock that stands", () => {
  const pace = new IdlePace(ROUND_MS, 0);
  expect(takeAll(pace, ROUND_MS * 1000, 100)).toBe(100);
  expect(takeAll(pace, ROUND_MS * 1000, 100)).toBe(0);
});

test("never goes by itself where nothing can be dropped", () => {
  const pace = new IdlePace(Number.POSITIVE_INFINITY, 0);
  expect(takeAll(pace, 1e9, 1000)).toBe(0);
});
