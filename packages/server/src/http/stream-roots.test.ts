import { describe, expect, test } from "vitest";
import { parseStreamRoots, underStandardRoot } from "./stream-roots.ts";

describe("parseStreamRoots", () => {
  test.each([
    ["/v1/stream", []],
    ["/", [""]],
    ["/v1/streams", ["/v1/streams"]],
    ["/, /v1/streams/,/v1", ["/v1/streams", "/v1", ""]],
  ])("%j gives %j", (text, roots) => expect(parseStreamRoots(text)).toEqual(roots));

  test.each(["", "streams", "/a//b", "/a,", "/%41", "/..", "/a?b", "/v1/stream/x", `${"/a,".repeat(16)}/a`])(
    "%j is refused",
    (text) => expect(parseStreamRoots(text)).toBeUndefined(),
  );
});

describe("underStandardRoot", () => {
  test.each([
    ["/v1/stream/a", "/v1/stream/a"],
    ["/v1/streams/a/b", "/v1/stream/a/b"],
    ["/v1/streams", "/v1/stream/v1/streams"],
    ["/a", "/v1/stream/a"],
    ["/", "/v1/stream/"],
  ])("%s is %s", (path, expected) => {
    expect(underStandardRoot(path, ["/v1/streams", ""])).toBe(expected);
  });

  test("what lies under no root stays as it is", () => {
    expect(underStandardRoot("/v1/streamsandmore/a", ["/v1/streams"])).toBe("/v1/streamsandmore/a");
  });
});
