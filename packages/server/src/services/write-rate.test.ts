import { expect, test } from "vitest";
import { WriteRate } from "./write-rate.ts";

test("a second's worth at once, and then as fast as the rate", () => {
  let now = 0;
  const rate = new WriteRate(4, () => now);
  const spent = (times: number) => Array.from({ length: times }, () => rate.spend()).filter(Boolean).length;
  expect(spent(10)).toBe(4);
  now = 249;
  expect(spent(10)).toBe(0);
  now = 500;
  expect(spent(10)).toBe(2);
  now = 1_000_000;
  expect(spent(10)).toBe(4);
});
