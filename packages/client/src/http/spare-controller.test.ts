import { expect, test } from "vitest";
import { withinLimitWhole } from "./spare-controller.ts";

type Signal = AbortSignal | null | undefined;

/** Runs an attempt that is answered when told, and gives its signal. */
function begin(ms = 60_000) {
  let signal: Signal;
  let answer = () => {};
  const result = withinLimitWhole(ms, undefined, (given) => {
    signal = given;
    return new Promise<void>((resolve) => {
      answer = resolve;
    });
  });
  const finish = () => {
    answer();
    return result;
  };
  return { signal, result, finish };
}

test("requests one after the other share a signal a few times, requests side by side never", async () => {
  const signals = new Map<Signal, number>();
  for (let count = 0; count < 100; count++) {
    const { signal, finish } = begin();
    await finish();
    signals.set(signal, (signals.get(signal) ?? 0) + 1);
  }
  expect(signals.size).toBeLessThan(20);
  expect(Math.max(...signals.values())).toBeLessThan(10);
  const [a, b] = [begin(), begin()];
  expect(a.signal).not.toBe(b.signal);
  await Promise.all([a.finish(), b.finish()]);
});

test("a signal that was aborted is not used again", async () => {
  const late = begin(1);
  await expect(late.result).rejects.toMatchObject({ name: "TimeoutError" });
  expect(late.signal?.aborted).toBe(true);
  const next = begin();
  expect(next.signal?.aborted).toBe(false);
  await next.finish();
});
