import { expect, test } from "vitest";
import { runSchedule } from "./schedule.ts";

test("every event fires, never early, at even distances of its due times", async () => {
  const fired: { index: number; dueAt: number; early: boolean }[] = [];
  await runSchedule({
    perSecond: 200,
    seconds: 0.1,
    fire: (index, dueAt) => fired.push({ index, dueAt, early: performance.now() < dueAt }),
  });
  expect(fired.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(fired.some(({ early }) => early)).toBe(false);
  expect(fired[19]!.dueAt - fired[0]!.dueAt).toBeCloseTo(95, 5);
});

test("what a stall made late keeps its due time", async () => {
  const late: number[] = [];
  await runSchedule({
    perSecond: 1_000,
    seconds: 0.05,
    fire: (index, dueAt) => {
      const until = index === 0 ? performance.now() + 30 : 0;
      while (performance.now() < until);
      late.push(performance.now() - dueAt);
    },
  });
  expect(late[1]).toBeGreaterThan(25);
  expect(late[10]).toBeGreaterThan(15);
});
