import { expect, test } from "vitest";
import { judgeSize } from "./max-bytes.ts";

test("without a limit everything fits", () => {
  expect(judgeSize(undefined, Number.MAX_SAFE_INTEGER - 1, 1)).toBeUndefined();
});

test("bytes fit up to the limit, and not one more", () => {
  expect(judgeSize(10, 7, 3)).toBeUndefined();
  expect(judgeSize(10, 7, 4)).toEqual({ kind: "stream-max-bytes", limit: 10, size: 7, added: 4 });
});

test("a request without bytes fits into a full stream, and not into a fork that inherits more than its limit", () => {
  expect(judgeSize(10, 10, 0)).toBeUndefined();
  expect(judgeSize(10, 11, 0)?.kind).toBe("stream-max-bytes");
});
