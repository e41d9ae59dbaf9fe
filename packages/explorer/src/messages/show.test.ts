import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexDump, hexLine } from "./hex.ts";
import { jsonTokens, prettyJson } from "./json-tokens.ts";

describe("JSON for the eye", () => {
  test("tokens together are the text, whatever it is", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string({ unit: fc.constantFrom('"', "\\", "-", "1", "{", "t", "\n") }),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(
          jsonTokens(value)
            .map((token) => token.text)
            .join(""),
        ).toBe(value);
      }),
    );
  });

  test("names are told from strings", () => {
    expect(jsonTokens('{"a":"b","c":-1.5e3,"d":null}').filter(({ kind }) => kind !== "plain")).toEqual([
      { kind: "key", text: '"a"' },
      { kind: "string", text: '"b"' },
      { kind: "key", text: '"c"' },
      { kind: "number", text: "-1.5e3" },
      { kind: "key", text: '"d"' },
      { kind: "literal", text: "null" },
    ]);
  });

  test("pretty text is what JSON.stringify makes of the value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test("pretty text keeps big numbers and repeated names", () => {
    expect(prettyJson('{"a":12345678901234567890,"a":1.0}')).toBe(
      '{\n  "a": 12345678901234567890,\n  "a": 1.0\n}',
    );
  });
});

test("bytes are shown in hex and, where they can be, as text", () => {
  const bytes = new TextEncoder().encode("Hello, wörld\n");
  expect(hexLine(bytes)).toBe("48 65 6c 6c 6f 2c 20 77  c3 b6 72 6c 64 0a        Hello, w··rld·");
  expect(hexDump(new Uint8Array(17)).split("\n")[1]).toMatch(/^000010 {2}00 /);
});
