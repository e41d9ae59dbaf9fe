import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonMessages } from "./json-messages.ts";

/** Cuts a text into pieces at the given places. */
function cut(text: string, places: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

const read = (pieces: readonly Uint8Array[]): string[] => {
  const messages = new JsonMessages();
  return pieces.flatMap((piece) => messages.push(piece)).map(String);
};

describe("JSON arrays cut into messages", () => {
  it("gives the elements, however the text is cut and spaced", () => {
    const arrays = fc.array(fc.array(fc.jsonValue(), { maxLength: 5 }), { maxLength: 3 });
    fc.assert(
      fc.property(arrays, fc.array(fc.nat()), fc.constantFrom(0, 2), (pages, places, indent) => {
        const text = pages.map((page) => JSON.stringify(page, null, indent)).join("\n");
        const expected = pages.flat().map((value) => JSON.stringify(value, null, 0));
        expect(read(cut(text, places)).map((message) => JSON.stringify(JSON.parse(message)))).toEqual(
          expected,
        );
      }),
    );
  });

  it("keeps each text as it was sent", () => {
    const text = '[12345678901234567890,{"a":1,"a":2},"\\u0041",1.0]';
    expect(read([Buffer.from(text)])).toEqual(["12345678901234567890", '{"a":1,"a":2}', '"\\u0041"', "1.0"]);
  });
});
