import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText, parseExactly } from "./exact-json.ts";

test.each([
  "9007199254740993",
  "-0",
  "1.0",
  "1e3",
  "0.1000",
  "123456789012345678901234567890.5E-7",
  '{"id":9007199254740993,"text":"9007199254740993","nested":[1.0,{"n":-0.0}],"plain":5}',
  '["a\\"1.0",1.0,"\\\\",2.50]',
])("%s keeps its digits", (text) => {
  expect(jsonText(parseExactly(text))).toBe(text);
});

test("what has no such number is what JSON.parse gives", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseExactly(JSON.stringify(JSON.parse(text)))).toEqual(JSON.parse(text));
    }),
  );
});

test("what is no JSON is an error, as ever", () => {
  expect(() => parseExactly("{1.0}")).toThrow(SyntaxError);
});
