import { expect, test } from "vitest";
import { type Grant, parseClaims } from "./claims.ts";
import { type Act, allows } from "./rights.ts";

function rights(...streams: Grant[]) {
  const parsed = parseClaims({ aud: "s", iat: 1, exp: 2, streams });
  if (parsed.kind === "rejected") throw new Error(parsed.rejection);
  return parsed.value;
}

const READER: Grant = { match: "chat/1", ops: ["read"] };
const WRITER: Grant = { match: "chat/1/**", ops: ["append", "close"], producer: "ann" };
const LISTER: Grant = { match: "chat/**", ops: ["list"] };

test.each<[Grant, Act, boolean]>([
  [READER, { operation: "read", path: "chat/1" }, true],
  [READER, { operation: "read", path: "chat/10" }, false],
  [READER, { operation: "read", path: "chat/1/a" }, false],
  [READER, { operation: "read", path: "chat" }, false],
  [READER, { operation: "append", path: "chat/1" }, false],
  [READER, { operation: "delete", path: "chat/1" }, false],
  [WRITER, { operation: "append", path: "chat/1/a", producer: "ann" }, true],
  [WRITER, { operation: "append", path: "chat/1/a", producer: "bob" }, false],
  [WRITER, { operation: "append", path: "chat/1/a" }, false],
  [WRITER, { operation: "close", path: "chat/1/a" }, false],
  [WRITER, { operation: "close", path: "chat/1/a", producer: "ann" }, true],
  [WRITER, { operation: "append", path: "chat/10/a", producer: "ann" }, false],
  [LISTER, { operation: "list", path: "chat" }, true],
  [LISTER, { operation: "list", path: "chat/1" }, true],
  [LISTER, { operation: "list", path: "" }, false],
  [LISTER, { operation: "list", path: "chats" }, false],
  [LISTER, { operation: "read", path: "chat/1" }, false],
])("%j and %j: %s", (grant, act, expected) => {
  expect(allows(rights(grant), act)).toBe(expected);
});

test("one grant that allows is enough, and two halves of one are not", () => {
  const both = rights({ match: "a/*", ops: ["read"] }, { match: "b/*", ops: ["append"] });
  expect(allows(both, { operation: "append", path: "b/1" })).toBe(true);
  expect(allows(both, { operation: "append", path: "a/1" })).toBe(false);
});
