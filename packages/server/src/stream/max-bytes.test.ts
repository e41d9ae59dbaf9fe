import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import { decideAppend } from "./decide-append.ts";
import { initialState } from "./evolve.ts";
import { judgeSize } from "./max-bytes.ts";
import { NO_BYTES } from "./records.ts";

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

test("long bytes are refused before anything is done with them; of long JSON the messages are found first", () => {
  const part = Buffer.alloc(100);
  const decide = (contentType: string) => {
    const state = initialState({
      ...PLAIN_SETTINGS,
      ...{ kind: "create", id: 1, at: 0, path: "/s", contentType, data: NO_BYTES, maxBytes: 99 },
    });
    const command = {
      ...{ body: { parts: [part], byteLength: part.length }, contentType, closes: false },
      ...{ producer: undefined, streamSeq: undefined },
    };
    return decideAppend(state, command, { producersPerStream: 1, aheadBytes: 10 }, 0).kind;
  };
  expect([decide("text/plain"), decide("application/json")]).toEqual(["rejected", "unready"]);
});
