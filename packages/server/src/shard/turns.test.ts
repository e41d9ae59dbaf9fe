import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

/** Work that keeps the processor busy for some milliseconds per step. */
function* busy(steps: number, ms: number, onStep: () => void): Generator<void, number> {
  for (let step = 0; step < steps; step++) {
    const end = performance.now() + ms;
    while (performance.now() < end);
    onStep();
    yield;
  }
  return steps;
}

test("much work at once leaves each turn of the event loop to others after a few steps, and all of it gets done", async () => {
  const turns = new Turns();
  let steps = 0;
  let most = 0;
  let seen = 0;
  let isDone = false;
  const watch = (): void => {
    most = Math.max(most, steps - seen);
    seen = steps;
    if (!isDone) setImmediate(watch);
  };
  setImmediate(watch);
  const work = Array.from({ length: 40 }, () => turns.run(busy(5, 1, () => steps++)));
  expect(await Promise.all(work)).toEqual(work.map(() => 5));
  isDone = true;
  expect(steps).toBe(200);
  expect(most).toBeLessThanOrEqual(4);
});

test("all who wait get their steps in turn", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const named = (name: string, steps: number) => turns.run(busy(steps, 0, () => order.push(name)));
  await Promise.all([named("a", 3), named("b", 2), named("c", 1)]);
  expect(order.join("")).toBe("abcaba");
});

test("a step that throws rejects its own work alone", async () => {
  const turns = new Turns();
  const broken = turns.run(
    busy(1, 0, () => {
      throw new Error("broken");
    }),
  );
  const sound = turns.run(busy(2, 0, () => {}));
  await expect(broken).rejects.toThrow("broken");
  expect(await sound).toBe(2);
});
