import { Random, runs } from "@perennial/testing";
import { describe, expect, test } from "vitest";
import { FIRST_ROWS, Pace, runInSlices, SLICE_MS } from "./slices.ts";
import { sortGradually } from "./sort-gradually.ts";

/** An event loop whose time passes when it is told to, and how long each turn of it lasted. */
function slowLoop() {
  let time = 0;
  let began = 0;
  const turns: number[] = [];
  const endTurn = () => {
    turns.push(time - began);
    began = time;
  };
  const nextTurn = async () => endTurn();
  return { now: () => time, nextTurn, pass: (ms: number) => (time += ms), endTurn, turns };
}

describe("work in slices", () => {
  test.each([0.001, 0.02, 0.3, 2, 10])(
    "a turn lasts a slice and a half at most, or one row, once the first rows are measured, at %d ms a row",
    async (cost) => {
      const loop = slowLoop();
      const rowsMax = Math.min(20_000, 2_000 / cost);
      let rows = 0;
      function* show(): Generator<void> {
        const pace = new Pace(loop);
        while (rows < rowsMax) {
          pace.step((count) => {
            rows += count;
            loop.pass(count * cost);
          });
          yield;
        }
      }
      await runInSlices(show(), () => false, loop);
      loop.endTurn();
      expect(rows).toBeGreaterThanOrEqual(rowsMax);
      const [first, ...later] = loop.turns;
      expect(first).toBeLessThanOrEqual(Math.max(SLICE_MS * 1.5, FIRST_ROWS * cost));
      expect(Math.max(0, ...later)).toBeLessThanOrEqual(Math.max(SLICE_MS * 1.5, (FIRST_ROWS / 2) * cost));
      // And no more turns than needed: each costs others' time.
      const total = loop.turns.reduce((sum, turn) => sum + turn, 0);
      expect(loop.turns.length).toBeLessThanOrEqual(Math.ceil(total / SLICE_MS) + 1);
    },
  );

  test("listeners that become slow are given fewer rows at a time", () => {
    const loop = slowLoop();
    const pace = new Pace(loop);
    const counts: number[] = [];
    for (let step = 0; step < 30; step++) {
      pace.step((count) => {
        counts.push(count);
        loop.pass(count * (step < 15 ? 0.001 : 1));
      });
    }
    expect(counts[0]).toBe(FIRST_ROWS);
    expect(Math.max(...counts)).toBe(511);
    expect(counts.at(-1)).toBeLessThanOrEqual(4);
  });

  test("what fits into a slice is done at once, and what is stopped is left", async () => {
    const loop = slowLoop();
    let steps = 0;
    function* work(): Generator<void> {
      for (; steps < 100; steps++) {
        loop.pass(1);
        yield;
      }
    }
    expect(runInSlices([].values(), () => false, loop)).toBeUndefined();
    await runInSlices(work(), () => steps > 20, loop);
    expect(steps).toBeGreaterThan(20);
    expect(steps).toBeLessThan(40);
  });
});

test("keys are sorted as sort() does, a stretch at a time", () => {
  const random = new Random(7);
  for (let run = 0; run < runs(200); run++) {
    const keys = Array.from({ length: random.below(40) }, () => String(random.below(30)));
    const sorting = sortGradually(keys, 4);
    let pauses = 0;
    let next = sorting.next();
    for (; !next.done; next = sorting.next()) pauses++;
    expect(next.value).toEqual(keys.toSorted());
    // Between two pauses no more than a stretch is sorted or merged.
    expect(pauses).toBeGreaterThanOrEqual(Math.floor(keys.length / 4));
  }
});
