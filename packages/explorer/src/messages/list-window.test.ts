import fc from "fast-check";
import { expect, test } from "vitest";
import { messageTarget } from "./list-keys.ts";
import { WINDOW_ROWS, windowStart } from "./list-window.ts";

test("what is in sight is in the window, with room around it, and the window stays until it must move", () => {
  fc.assert(
    fc.property(fc.nat({ max: 5e6 }), fc.nat({ max: 5e6 }), fc.nat({ max: 5e6 }), (first, sight, count) => {
      const visible = Math.min(sight, Math.max(0, count - 1));
      const start = windowStart(first, visible, count);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(start).toBeLessThanOrEqual(visible);
      expect(visible).toBeLessThan(start + WINDOW_ROWS);
      expect(windowStart(start, visible, count)).toBe(start);
    }),
  );
});

test("a list that fits is laid out whole", () => {
  expect(windowStart(0, 400_000, 450_000)).toBe(0);
});

test("keys lead from row to row, and past the last one back to now", () => {
  const target = (key: string, chosen?: number) => messageTarget(key, chosen, 100, 10);
  expect([target("k"), target("k", 50), target("j", 50), target("PageUp", 50), target("g", 50)]).toEqual(
    [99, 49, 51, 40, 0].map((number) => ({ kind: "row", number })),
  );
  expect([target("j"), target("j", 99), target("PageDown", 95), target("Escape", 5)]).toEqual(
    Array(4).fill({ kind: "now" }),
  );
  expect(target("x", 5)).toBeUndefined();
});
