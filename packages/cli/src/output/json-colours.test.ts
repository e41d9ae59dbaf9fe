import { stripVTControlCharacters, styleText } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { coloured } from "./json-colours.ts";

it("colours keys, strings, numbers and words each in their way, whatever strings hold", () => {
  const paint = (colour: Parameters<typeof styleText>[0], text: string) =>
    styleText(colour, text, { validateStream: false });
  const [key, string] = [paint("cyan", '"a\\"1: true"'), paint("green", '"null, 5: \\\\"')];
  expect(coloured('{"a\\"1: true": "null, 5: \\\\", "b":[-1.5e+3,true,null]}')).toBe(
    `{${key}: ${string}, ${paint("cyan", '"b"')}:[${paint("yellow", "-1.5e+3")},${paint("magenta", "true")},${paint("magenta", "null")}]}`,
  );
});

it("changes nothing but colours", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(4), (text, indent) => {
      const pretty = JSON.stringify(JSON.parse(text), null, indent);
      expect(stripVTControlCharacters(coloured(pretty))).toBe(stripVTControlCharacters(pretty));
    }),
  );
});
