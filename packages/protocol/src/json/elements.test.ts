import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ElementCutter } from "./element-cutter.ts";
import { ElementScanner } from "./element-scanner.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const COMMA = 0x2c;

/** Bytes in pieces that end at the given places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

function elements(parts: readonly Uint8Array[]): string[] {
  const cutter = new ElementCutter();
  return parts.flatMap((part) => cutter.push(part)).map((element) => decoder.decode(element));
}

/** All marks of the pieces, as positions in the whole. */
function marks(parts: readonly Uint8Array[], inArray = false): number[] {
  const scanner = new ElementScanner(inArray);
  const found: number[] = [];
  let before = 0;
  for (const part of parts) {
    for (let mark = scanner.nextMark(part, 0); mark >= 0; mark = scanner.nextMark(part, mark + 1)) {
      found.push(before + mark);
    }
    before += part.length;
  }
  return found;
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });
const blank = fc.stringMatching(/^[ \t\r\n]{0,2}$/);
/** Strings full of what could be taken for an end, as they are and as names. */
const tricky = fc
  .array(fc.constantFrom(",", '"', "\\", "[", "]", "{", "}", "é", "\u{1f600}", "\u2028", "\u0000"))
  .map((units) => units.join(""));
const value = fc.oneof(
  fc.jsonValue({ stringUnit: "grapheme" }),
  tricky,
  fc.dictionary(tricky, fc.array(tricky, { maxLength: 3 }), { maxKeys: 3 }),
);
/** A value's text, in one of the spellings that it can have. */
const text = fc.oneof(
  fc
    .tuple(value, fc.constantFrom(undefined, 1, "\t"))
    .map(([any, indent]) => JSON.stringify(any, null, indent)),
  fc.constantFrom("12345678901234567890", "-0", "1.0", "1E+2", "0.10e-3", '{"a":1,"a":2}', '"\\u005d\\/\\""'),
);
const spacedArray = fc
  .tuple(fc.array(fc.tuple(blank, text, blank), { maxLength: 6 }), blank)
  .map(([parts, inside]) => ({
    texts: parts.map(([, element]) => element),
    json: `[${parts.length === 0 ? inside : parts.map((part) => part.join("")).join(",")}]`,
  }));
/** Bytes of any kind, and runs of those that mean something. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .array(fc.constantFrom(...encoder.encode('[]{},"\\ 1')), { maxLength: 40 })
    .map((some) => Uint8Array.from(some)),
);

describe("the elements of arrays", () => {
  test("come out as they were sent, and parse to what JSON.parse finds, however the arrays are cut and spaced", () => {
    fc.assert(
      fc.property(fc.array(spacedArray, { maxLength: 3 }), blank, cuts, (arrays, between, at) => {
        const body = encoder.encode(arrays.map(({ json }) => json).join(between));
        const found = elements(pieces(body, at));
        expect(found).toEqual(arrays.flatMap(({ texts }) => texts));
        const parsed = arrays.flatMap(({ json }) => JSON.parse(json) as unknown[]);
        expect(found.map((element) => JSON.parse(element) as unknown)).toEqual(parsed);
      }),
      { numRuns: 1000 },
    );
  });

  test("keep spellings that parsing would lose", () => {
    const texts = ["12345678901234567890", '{"a":1,"a":2}', '"\\u0041"', "1.0"];
    expect(elements([encoder.encode(`[${texts.join(",")}]`)])).toEqual(texts);
  });

  test("come out when their last byte and what ends them have come, not later", () => {
    fc.assert(
      fc.property(spacedArray, ({ json, texts }) => {
        const cutter = new ElementCutter();
        let complete = 0;
        for (const byte of encoder.encode(json)) complete += cutter.push(Uint8Array.of(byte)).length;
        expect(complete).toBe(texts.length);
      }),
    );
    const cutter = new ElementCutter();
    expect(cutter.push(encoder.encode("[1,2"))).toEqual([encoder.encode("1")]);
    expect(cutter.push(encoder.encode("]"))).toEqual([encoder.encode("2")]);
  });

  test("nest as deep as they like", () => {
    const depth = 200_000;
    const deep = `${'{"a":['.repeat(depth)}${"]}".repeat(depth)}`;
    const body = encoder.encode(`[1,${deep},2]`);
    expect(elements([body]).map((element) => element.length)).toEqual([1, deep.length, 1]);
    expect(elements(pieces(body, [depth, 7 * depth]))).toEqual(["1", deep, "2"]);
  });

  test("lie in bytes of their own, which a reused buffer does not change", () => {
    const cutter = new ElementCutter();
    const buffer = encoder.encode('[1,"ab');
    const [first] = cutter.push(buffer);
    buffer.fill(0);
    const [second] = cutter.push(encoder.encode('c"]'));
    expect([first, second].map((element) => decoder.decode(element))).toEqual(["1", '"abc"']);
  });

  test("there are none in an array without, or in a value that is no array", () => {
    for (const none of ["", "[]", " [ \n ] ", "1", '"[1,2]"', '{"a":1,"b":2,"c":[3,4]}', "1,2,3"]) {
      expect(elements([encoder.encode(none)])).toEqual([]);
    }
    expect(elements([encoder.encode("1[2]3[4]5,6,7")])).toEqual(["2", "4"]);
  });

  test("of any bytes are found without throwing, and how these are cut makes no difference", () => {
    fc.assert(
      fc.property(anyBytes, cuts, (bytes, at) => {
        expect(elements(pieces(bytes, at))).toEqual(elements([bytes]));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("the marks of an array", () => {
  test("are its brackets and the commas at which JSON.parse takes what is before for a whole array", () => {
    fc.assert(
      fc.property(spacedArray, cuts, ({ json }, at) => {
        const body = encoder.encode(json);
        const isWhole = (end: number) => {
          try {
            return Array.isArray(JSON.parse(`${decoder.decode(body.subarray(0, end))}]`));
          } catch {
            return false;
          }
        };
        const commas = [...body.keys()].filter((index) => body[index] === COMMA && isWhole(index));
        expect(marks(pieces(body, at))).toEqual([0, ...commas, body.length - 1]);
        const inside = marks(pieces(body.subarray(1), at), true);
        expect(inside.map((mark) => mark + 1)).toEqual([...commas, body.length - 1]);
      }),
      { numRuns: 300 },
    );
  });

  test("are not those of an object, however deep", () => {
    expect(marks([encoder.encode('{"a":1,"b":[2,3],"c":{"d":4,"e":5}}')])).toEqual([]);
    expect(marks([encoder.encode('{"a":1,"b":2},[3,4],')], true)).toEqual([13, 19]);
  });

  test("of any bytes are found without throwing, and how these are cut makes no difference", () => {
    fc.assert(
      fc.property(anyBytes, cuts, fc.boolean(), (bytes, at, inArray) => {
        expect(marks(pieces(bytes, at), inArray)).toEqual(marks([bytes], inArray));
      }),
      { numRuns: 5000 },
    );
  });
});
