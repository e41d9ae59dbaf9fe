import { formatOffset } from "@perennial/protocol";
import { expect, test } from "vitest";
import { lagOf } from "./lag.ts";

test.each([
  ["nothing was read", "-1", formatOffset(52), 52],
  ["some was read", formatOffset(20), formatOffset(52), 32],
  ["all was read", formatOffset(52), formatOffset(52), 0],
  ["the stream was made anew and is shorter", formatOffset(52), formatOffset(3), 0],
  ["the stream is empty", "-1", formatOffset(0), 0],
])("how far a cursor is behind when %s", (_, acked_offset, tail_offset, lag) => {
  expect(lagOf({ acked_offset, tail_offset })).toBe(lag);
});
