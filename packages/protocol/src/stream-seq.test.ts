import { expect, test } from "vitest";
import { isValidStreamSeq, STREAM_SEQ_MAX_LENGTH } from "./stream-seq.ts";

test("any text is a Stream-Seq, up to the longest that a stream keeps", () => {
  expect(["", "7", "2030-01-01|é", "9".repeat(STREAM_SEQ_MAX_LENGTH)].map(isValidStreamSeq)).not.toContain(
    false,
  );
  expect(isValidStreamSeq("9".repeat(STREAM_SEQ_MAX_LENGTH + 1))).toBe(false);
});
