import { parseStreamPath } from "@perennial/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readablePath } from "./readable-path.ts";

test.each([
  ["chat/1", "chat/1"],
  ["caf%C3%A9/%E8%AA%9E", "café/語"],
  ["my%20notes", "my notes"],
  ["a%3Fb%23c", "a?b#c"],
  ["a%2Fb", "a%2Fb"],
  ["a%253Fb", "a%253Fb"],
  ["odd/50%25%20%2F%20half", "odd/50% %2F half"],
  ["%20a", "%20a"],
  ["a%20%20b", "a%20%20b"],
  ["a%E2%80%8B", "a%E2%80%8B"],
  ["%E2%80%AEabc", "%E2%80%AEabc"],
])("%s is shown as %s", (path, shown) => {
  expect(readablePath(path)).toBe(shown);
});

const path = fc
  .array(fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.stringMatching(/^[a /%?]{1,4}$/)), {
    minLength: 1,
    maxLength: 3,
  })
  .map((segments) => parseStreamPath(`/v1/stream/${segments.map(encodeURIComponent).join("/")}`))
  .filter((parsed) => parsed.kind === "ok")
  .map(({ value }) => (value as string).slice("/v1/stream/".length));

test("a path is found again from what is shown: no two are shown alike", () => {
  fc.assert(
    fc.property(path, (name) => {
      const again = readablePath(name)
        .split("/")
        .map((segment) => encodeURIComponent(segment).replace(/%25(?=[0-9A-Fa-f]{2})/g, "%"))
        .join("/");
      expect(parseStreamPath(`/v1/stream/${again}`)).toEqual(parseStreamPath(`/v1/stream/${name}`));
    }),
  );
});
