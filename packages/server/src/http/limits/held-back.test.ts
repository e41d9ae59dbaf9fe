import { expect, test } from "vitest";
import { HeldBack } from "./held-back.ts";

test("mistakes are answered at once, guesses are held back, and what is right never is", () => {
  let now = 0;
  const heldBack = new HeldBack(200, () => now);
  const waits = (status: number, times: number) =>
    Array.from({ length: times }, () => heldBack.waitOf(status)).filter((wait) => wait > 0).length;
  expect(waits(401, 200)).toBe(0);
  expect(waits(401, 50)).toBe(50);
  expect(waits(403, 1) + waits(404, 1) + waits(200, 1)).toBe(0);
  now = 1000;
  expect(waits(401, 200)).toBe(0);
  expect(waits(429, 3)).toBe(3);
});
