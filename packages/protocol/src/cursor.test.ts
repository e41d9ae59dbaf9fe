import fc from "fast-check";
import { expect, test } from "vitest";
import { currentCursor, nextCursor, parseCursor } from "./cursor.ts";

const EPOCH_MS = Date.UTC(2024, 9, 9);
const INTERVALS_PER_HOUR = 180;

const now = fc.integer({ min: EPOCH_MS, max: Date.UTC(2200, 0, 1) });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a cursor counts intervals of twenty seconds since 2024-10-09", () => {
  expect(currentCursor(EPOCH_MS)).toBe(0);
  expect(currentCursor(EPOCH_MS + 19_999)).toBe(0);
  expect(currentCursor(EPOCH_MS + 20_000)).toBe(1);
});

test("a clock before the epoch gives cursor 0", () => {
  expect(currentCursor(0)).toBe(0);
});

test("epoch and interval can be set", () => {
  const options = { epochMs: 1000, intervalMs: 500 };
  expect(currentCursor(2600, options)).toBe(3);
  expect(nextCursor(2600, 3, () => 0.5, options)).toBe(3 + 3600);
});

test("a client without a cursor, or behind, gets the current interval", () => {
  fc.assert(
    fc.property(now, random, fc.nat(), (nowMs, jitter, behind) => {
      const current = currentCursor(nowMs);
      expect(nextCursor(nowMs, undefined, () => jitter)).toBe(current);
      const client = current - 1 - behind;
      expect(nextCursor(nowMs, client, () => jitter)).toBe(current);
    }),
  );
});

test("a client that is level or ahead gets more than it sent, by at most an hour", () => {
  fc.assert(
    fc.property(now, random, fc.nat(), (nowMs, jitter, ahead) => {
      const client = currentCursor(nowMs) + ahead;
      const step = nextCursor(nowMs, client, () => jitter) - client;
      expect(step).toBeGreaterThanOrEqual(1);
      expect(step).toBeLessThanOrEqual(INTERVALS_PER_HOUR);
    }),
  );
});

test("the largest cursor that is accepted still gets a greater one", () => {
  const client = parseCursor("9".repeat(15))!;
  expect(nextCursor(EPOCH_MS, client, () => 0)).toBe(client + 1);
});

test.each([undefined, "", "abc", "-1", "1.5", "1e3", " 1", "1\n", "9".repeat(16)])(
  "cursor %j counts as absent",
  (text) => {
    expect(parseCursor(text)).toBeUndefined();
  },
);
