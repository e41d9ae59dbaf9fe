import { expect, test } from "vitest";
import { coversBelow, matchesGlob, parseGlob } from "./glob.ts";

function glob(text: string) {
  const parsed = parseGlob(text);
  if (parsed.kind === "rejected") throw new Error(parsed.rejection);
  return parsed.value;
}

test.each([
  ["events/*", "events/a", true],
  ["events/*", "events/a/b", false],
  ["events/*", "events", false],
  ["events/**", "events", true],
  ["events/**", "events/a/b/c", true],
  ["events/**", "eventsx", false],
  ["chat/1", "chat/1", true],
  ["chat/1", "chat/10", false],
  ["chat/1/**", "chat/10", false],
  ["chat/1/**", "chat/1/a", true],
  ["ev*", "events", false],
  ["ev*", "ev*", true],
  ["%2A", "*", true],
  ["%2A", "a", false],
  ["*", "*", true],
  ["**", "a/b", true],
  ["**/b", "b", true],
  ["**/b", "a/b/b", true],
  ["a/**/b/*/c", "a/b/b/x/b/y/c", true],
  ["a/**/b/*/c", "a/b/b/x/b/c", false],
  ["a/**/**/b", "a/b", true],
  ["/a/", "a", true],
  ["caf%c3%a9", "caf%C3%A9", true],
  ["a%2Fb", "a%2Fb", true],
  ["a%2Fb", "a/b", false],
  ["a/*", "a/b%2Fc", true],
] as const)("§18.4: %s and %s: %s", (pattern, path, expected) => {
  expect(matchesGlob(glob(pattern), path)).toBe(expected);
});

test.each(["", "a//b", "a/../b", ".", "a?", "a#b", "%", "%00", "é", "a b", "a/".repeat(65)])(
  "%j is no pattern",
  (text) => {
    expect(parseGlob(text).kind).toBe("rejected");
  },
);

test.each([
  ["**", "", true],
  ["**", "a", true],
  ["a/**", "a", true],
  ["a/**", "a/b/c", true],
  ["a/**", "", false],
  ["a/**", "ab", false],
  ["a/*", "a", false],
  ["*/x/**", "a/x", true],
  ["*/x/**", "a", false],
  ["**/x", "a/x", false],
] as const)("%s covers all below %j: %s", (pattern, prefix, expected) => {
  expect(coversBelow(glob(pattern), prefix)).toBe(expected);
});

test("the longest pattern takes few steps on the longest path", () => {
  const pattern = glob(`${"**/a/".repeat(31)}b`);
  const started = performance.now();
  expect(matchesGlob(pattern, Array(512).fill("a").join("/"))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});
