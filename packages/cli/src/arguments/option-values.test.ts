import { expect, test } from "vitest";
import { byteCount } from "./option-values.ts";

test.each([
  ["1", 1],
  ["10B", 10],
  ["10kB", 10_000],
  ["10MB", 10_000_000],
  ["2GB", 2_000_000_000],
  ["1KiB", 1024],
  ["64MiB", 67_108_864],
  ["1GiB", 1_073_741_824],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
])("%s is a number of bytes", (text, bytes) => {
  expect(byteCount("--max-bytes")(text)).toBe(bytes);
});

test.each(["", "0", "0MB", "-1", "1.5MB", "ten", "10 MB", "1XB", "9007199254740992", "9100000GB"])(
  "%j is none, and the message names the flag",
  (text) => {
    expect(() => byteCount("--max-bytes")(text)).toThrow("--max-bytes must be a number of bytes such as");
  },
);
