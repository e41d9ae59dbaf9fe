import { expect, test } from "vitest";
import { Rate } from "./rate.ts";

test("so many a second, and as many at once", () => {
  let now = 0;
  const rate = new Rate(3, () => now);
  const spend = (times: number) => Array.from({ length: times }, () => rate.spend(1));
  expect(spend(4)).toEqual([true, true, true, false]);
  expect(rate.asked).toBe(4);
  now = 334;
  expect(spend(2)).toEqual([true, false]);
  now = 10_000;
  expect(spend(4)).toEqual([true, true, true, false]);
  expect(rate.asked).toBe(4);
});

test("what is more than a second's worth gets in once, and is paid for", () => {
  let now = 0;
  const rate = new Rate(100, () => now);
  expect(rate.spend(1000)).toBe(true);
  expect(rate.spend(1)).toBe(false);
  expect(rate.retryAfter).toBe(10);
  now = 8900;
  expect(rate.spend(1)).toBe(false);
  now = 9100;
  expect(rate.spend(1)).toBe(true);
});
