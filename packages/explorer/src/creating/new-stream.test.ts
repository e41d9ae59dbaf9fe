import { describe, expect, test } from "vitest";
import { type NewStreamDraft, parseNewStream, pathOfName } from "./new-stream.ts";

const parse = (draft: Partial<NewStreamDraft>) =>
  parseNewStream({ contentType: "application/json", ttl: "", ttlUnit: 60, message: "", ...draft });

describe("the path of a name", () => {
  test.each([
    ["orders", "orders"],
    [" chat/1 ", "chat/1"],
    ["a?b", "a%3Fb"],
    ["a%3Fb", "a%253Fb"],
    ["café", "caf%C3%A9"],
  ])("%j is %s", (name, path) => expect(pathOfName(name)).toBe(path));

  test.each(["", " ", "a//b", "/a", "a/", ".", "a/..", "__ds/streams", "a\u0000"])("%j is none", (name) =>
    expect(pathOfName(name)).toBeUndefined(),
  );
});

test("a stream of nothing but its type", () => {
  expect(parse({})).toEqual({
    kind: "stream",
    contentType: "application/json",
    ttlSeconds: undefined,
    body: undefined,
  });
});

test("a time to live in its unit", () => {
  expect(parse({ ttl: " 90 " })).toMatchObject({ ttlSeconds: 5400 });
});

test.each(["0", "-1", "1.5", "soon", "99999999999", "1e3"])("%s is no time to live", (ttl) =>
  expect(parse({ ttl })).toMatchObject({ rejection: { field: "ttl" } }),
);

test("a first message that is a list stays one message", () => {
  expect(parse({ message: "[1, 2]" })).toMatchObject({ body: "[[1, 2]]" });
});

test("lines and bytes", () => {
  expect(parse({ contentType: "text/plain", message: "a line" })).toMatchObject({ body: "a line\n" });
  expect(parse({ contentType: "image/png", message: "48 69" })).toMatchObject({
    body: Uint8Array.of(0x48, 0x69),
  });
});

test("what is no JSON, or no content type", () => {
  expect(parse({ message: "{" })).toMatchObject({ rejection: { field: "message" } });
  expect(parse({ contentType: "text" })).toMatchObject({ rejection: { field: "type" } });
  expect(parse({ contentType: "" })).toMatchObject({ rejection: { field: "type" } });
});
