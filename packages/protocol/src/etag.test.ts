import fc from "fast-check";
import { expect, test } from "vitest";
import { formatEtag, matchesIfNoneMatch } from "./etag.ts";

const parts = fc.record({
  instance: fc.stringMatching(/^[0-9a-zA-Z_-]{1,20}$/),
  start: fc.nat(),
  end: fc.nat(),
  closed: fc.boolean(),
});

test("a tag names instance, start, end and closure", () => {
  expect(formatEtag({ instance: "k7", start: 0, end: 42, closed: false })).toBe('"k7:0:42"');
  expect(formatEtag({ instance: "k7", start: 0, end: 42, closed: true })).toBe('"k7:0:42:c"');
});

test("two reads have one tag only if they are the same read", () => {
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      expect(formatEtag(a) === formatEtag(b)).toBe(same);
    }),
  );
});

test.each([
  ['"a:0:1"', true],
  ['W/"a:0:1"', true],
  ["*", true],
  [" * ", true],
  ['"x", "a:0:1"', true],
  ['"x",W/"a:0:1" ,"y"', true],
  [',, "a:0:1",', true],
  ['"a,b","a:0:1"', true],
  ['"a:0:1:c"', false],
  ['"x"', false],
  ["", false],
  ["a:0:1", false],
  ['"a:0:1', false],
  ['w/"a:0:1"', false],
  ['"a:0:1" "x"', false],
  ['"x" garbage, "a:0:1"', false],
  ['"a:0:1", garbage', false],
  ['*, "a:0:1"', false],
])("If-None-Match %s: %s", (header, expected) => {
  expect(matchesIfNoneMatch(header, '"a:0:1"')).toBe(expected);
});

test("a list of tags matches exactly its members", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(parts, fc.boolean())), parts, (members, wanted) => {
      const tags = members.map(([member]) => formatEtag(member));
      const header = members.map(([, weak], index) => (weak ? "W/" : "") + tags[index]).join(" , ");
      for (const tag of tags) expect(matchesIfNoneMatch(header, tag)).toBe(true);
      expect(matchesIfNoneMatch(header, formatEtag(wanted))).toBe(tags.includes(formatEtag(wanted)));
    }),
  );
});
