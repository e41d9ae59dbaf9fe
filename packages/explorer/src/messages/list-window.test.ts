import fc from "fast-check";
import { expect, test } from "vitest";
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
