import { expect, test } from "vitest";
import { parseMaxBytes } from "./max-bytes.ts";

test.each([
  ["1", 1],
  ["1000000", 1_000_000],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
])("%s is a limit", (text, bytes) => {
  expect(parseMaxBytes(text)).toBe(bytes);
});

test.each(["", "0", "01", "-1", "+1", "1.0", "1e3", " 1", "1MB", "9007199254740992", "9".repeat(400)])(
  "%j is no limit",
  (text) => {
    expect(parseMaxBytes(text)).toBeUndefined();
  },
);
