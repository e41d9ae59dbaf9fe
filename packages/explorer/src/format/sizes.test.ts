import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatCount, formatRate } from "./sizes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9951, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [340e6, "340 MB"],
])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test("a stream at rest has no rate", () => {
  expect(formatRate(0)).toBe("");
  expect(formatRate(1500)).toBe("1.5 kB/s");
});

test("thousands are separated", () => {
  expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual([
    "0",
    "999",
    "1\u202f000",
    "1\u202f234\u202f567",
  ]);
});

test.each([
  [500, "now"],
  [12_000, "12 s ago"],
  [180_000, "3 min ago"],
  [3 * 3_600_000, "3 h ago"],
  [3 * 86_400_000, "3 d ago"],
])("%d ms ago is %s", (ms, text) => expect(formatAgo(0, ms)).toBe(text));
