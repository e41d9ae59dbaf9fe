import fc from "fast-check";
import { expect, test } from "vitest";
import { PATH_MAX_LENGTH, parseStreamPath, STREAM_ROOT } from "./path.ts";
import { ok } from "./result.ts";

/** A segment of a name, before any encoding. */
const segment = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.stringMatching(/^[-A-Za-z0-9._~!$&'()*+,;=:@/%]{1,10}$/),
  )
  .filter((text) => !/\p{Cc}/u.test(text) && ![".", "..", "__ds"].includes(text));

/** One of the many ways to write a segment in a URL: each character encoded or, if it can be, not. */
function spell(text: string, choices: Iterator<number>): string {
  const spelled = [...text].map((character) => {
    const encoded = [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
      .map((hex) => (choices.next().value! % 2 === 0 ? hex.toUpperCase() : hex))
      .join("");
    const plain = /[-A-Za-z0-9._~!$&'()*+,;=:@]/.test(character);
    return plain && choices.next().value! % 2 === 0 ? character : encoded;
  });
  return spelled.join("");
}

test.each([
  ["/v1/stream/a", "/v1/stream/a"],
  ["/v1/stream/events/a.b_c~d-1", "/v1/stream/events/a.b_c~d-1"],
  ["/v1/stream/%61%7Eb", "/v1/stream/a~b"],
  ["/v1/stream/a%2fb", "/v1/stream/a%2Fb"],
  ["/v1/stream/caf%c3%a9", "/v1/stream/caf%C3%A9"],
  ["/v1/stream/a%3Ab@c", "/v1/stream/a:b@c"],
  ["/v1/stream/.hidden/...", "/v1/stream/.hidden/..."],
  ["/v1/stream/__ds2", "/v1/stream/__ds2"],
  ["/v1/stream/a/__ds", "/v1/stream/a/__ds"],
])("%s names the stream %s", (raw, path) => {
  expect(parseStreamPath(raw)).toEqual(ok(path));
});

test.each([
  ["/", "not_stream"],
  ["/v1/streams/a", "not_stream"],
  ["/v1/stream", "empty_name"],
  ["/v1/stream/", "empty_name"],
  ["/v1/stream/a//b", "empty_name"],
  ["/v1/stream/a/", "empty_name"],
  ["/v1/stream/__ds", "control"],
  ["/v1/stream/__ds/subscriptions/x", "control"],
  ["/v1/stream/%5f_ds//", "control"],
  ["/v1/stream/a/../b", "dot_segment"],
  ["/v1/stream/.", "dot_segment"],
  ["/v1/stream/a/%2e%2E", "dot_segment"],
  ["/v1/stream/%", "bad_encoding"],
  ["/v1/stream/%g0", "bad_encoding"],
  ["/v1/stream/%ff", "bad_encoding"],
  ["/v1/stream/%ed%a0%80", "bad_encoding"],
  ["/v1/stream/a%00", "nul"],
  ["/v1/stream/a%0a", "invalid"],
  ["/v1/stream/a b", "invalid"],
  ["/v1/stream/a\\b", "invalid"],
  ["/v1/stream/é", "invalid"],
  [`/v1/stream/${"a".repeat(1024)}`, "too_long"],
  [`/v1/stream/${"%61".repeat(1024)}`, "too_long"],
])("%s is refused as %s", (raw, code) => {
  expect(parseStreamPath(raw)).toMatchObject({ kind: "rejected", rejection: { code } });
});

test("all spellings of one name are one stream, and other names are other streams", () => {
  const choices = fc.infiniteStream(fc.nat());
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), choices, choices, (name, one, other) => {
      const path = parseStreamPath(`${STREAM_ROOT}/${name.map((text) => spell(text, one)).join("/")}`);
      expect(path).toEqual(
        parseStreamPath(`${STREAM_ROOT}/${name.map((text) => spell(text, other)).join("/")}`),
      );
      expect(path.kind === "ok" && path.value.split("/").slice(3).map(decodeURIComponent)).toEqual(name);
    }),
  );
});

test("a canonical path is its own canonical form, and a path that URLs leave alone", () => {
  const piece = fc.constantFrom(
    "/",
    ".",
    "..",
    "%",
    "%2f",
    "%2E",
    "%c3%a9",
    "%ff",
    "__ds",
    "a",
    "~",
    " ",
    "\\",
    "{",
    "\u00e9",
    "%00",
  );
  const raw = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(raw, (text) => {
      const parsed = parseStreamPath(`${STREAM_ROOT}/${text}`);
      if (parsed.kind === "rejected") return;
      const path = parsed.value;
      expect(parseStreamPath(path)).toEqual(ok(path));
      expect(new URL(path, "http://localhost").pathname).toBe(path);
      expect(path.length).toBeLessThanOrEqual(PATH_MAX_LENGTH);
    }),
    { numRuns: 2000 },
  );
});

test("the limit is on the canonical path", () => {
  expect(parseStreamPath("/v1/stream/%61%61", 13)).toEqual(ok("/v1/stream/aa"));
  expect(parseStreamPath("/v1/stream/aaa", 13)).toMatchObject({ rejection: { code: "too_long" } });
  expect(parseStreamPath("/v1/stream/{", 13)).toMatchObject({ rejection: { code: "too_long" } });
  expect(parseStreamPath("/v1/stream/{", 14)).toEqual(ok("/v1/stream/%7B"));
});
