import { ElementScanner } from "@perennial/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64 } from "./base64.ts";
import { bytesFormat } from "./bytes.ts";
import { decodeEvents, type Format, type Piece } from "./format.ts";
import { INCREMENTAL_PARSE_LENGTH, jsonFormat } from "./json.ts";
import { lastCut } from "./last-cut.ts";
import { textFormat } from "./text.ts";

const encoder = new TextEncoder();

/** Bytes cut at the given places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

/**
 * Feeds a page in pieces, breaking off and starting again after the pieces named. As a session does, drops the second
 * time what was handed on.
 */
function readPage<T extends Piece>(
  format: Format<T>,
  parts: readonly Uint8Array[],
  breaks: readonly number[],
): T[] {
  const out: T[] = [];
  let handedOn = 0;
  const read = (some: readonly Uint8Array[]) => {
    let seen = 0;
    for (const part of some) {
      out.push(format.push(part.subarray(Math.max(0, handedOn - seen))));
      seen += part.length;
    }
    handedOn = Math.max(handedOn, seen);
  };
  for (const at of breaks) {
    read(parts.slice(0, at % (parts.length + 1)));
    handedOn -= format.drop();
  }
  read(parts);
  out.push(format.finishPage());
  return out;
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });
const breaks = fc.array(fc.nat(), { maxLength: 4 });

describe("formats", () => {
  test("bytes survive any cutting, and breaks repeat nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), cuts, breaks, (bytes, at, broken) => {
        const format = bytesFormat();
        expect(format.join(readPage(format, pieces(bytes, at), broken))).toEqual(bytes);
      }),
    );
  });

  test("text survives any cutting, of characters and across pages, and breaks repeat nothing", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 30 }).map((value) => `x${value}`);
    fc.assert(
      fc.property(text, fc.nat(), cuts, breaks, (value, pageEnd, at, broken) => {
        const bytes = encoder.encode(value);
        const format = textFormat();
        const [first = bytes, second = bytes.slice(0, 0)] = pieces(bytes, [pageEnd]);
        const out = [
          ...readPage(format, pieces(first, at), broken),
          ...readPage(format, pieces(second, at), broken),
        ];
        expect(format.join([...out, format.finish()])).toBe(value);
      }),
    );
  });

  test("JSON survives any cutting, parsed at once or while it arrives, and breaks repeat nothing", () => {
    const padding = "p".repeat(INCREMENTAL_PARSE_LENGTH);
    const items = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 10 });
    fc.assert(
      fc.property(items, fc.boolean(), cuts, breaks, (values, isLarge, at, broken) => {
        const expected = isLarge ? [padding, ...values, padding] : values;
        const format = jsonFormat<unknown>();
        const parts = pieces(encoder.encode(JSON.stringify(expected, null, 1)), at);
        const messages = format.join(readPage(format, parts, broken));
        expect(JSON.stringify(messages)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 60 },
    );
  });

  test("an array can be cut at the last comma between its elements, and nowhere else", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }), fc.nat(), (values, at) => {
        const texts = values.map((value) => encoder.encode(JSON.stringify(value)).length);
        const ends = texts.map((_, index) =>
          texts.slice(0, index + 1).reduce((sum, length) => sum + length + 1, 0),
        );
        const json = encoder.encode(JSON.stringify(values));
        const length = at % (json.length + 1);
        const expected = ends.slice(0, -1).findLast((end) => end < length) ?? -1;
        expect(lastCut(json.subarray(0, length), 0)).toBe(expected);
        expect(lastCut(json.subarray(1, Math.max(1, length)), 1)).toBe(Math.max(-1, expected - 1));
      }),
    );
  });

  test("an array is cut where the protocol's scanner of elements finds its last comma", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('"],["', "\\", '\\",', "[[],{}]", '{"a,":[1,2]}'));
    const json = fc
      .tuple(fc.oneof(value, fc.array(value)), fc.constantFrom(undefined, 1))
      .map(([any, indent]) => encoder.encode(JSON.stringify(any, null, indent)));
    fc.assert(
      fc.property(json, fc.nat(), (whole, at) => {
        const bytes = whole.subarray(0, at % (whole.length + 1));
        const scanner = new ElementScanner();
        let expected = -1;
        for (let mark = scanner.nextMark(bytes, 0); mark >= 0; mark = scanner.nextMark(bytes, mark + 1)) {
          if (bytes[mark] === ",".charCodeAt(0)) expected = mark;
        }
        expect(lastCut(bytes, 0)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("an object has no place to cut", () => {
    expect(lastCut(encoder.encode(' {"a":1,"b":[2,3]'), 0)).toBe(-1);
  });

  test("a page that is no array is one message; an empty one has none", () => {
    const read = (text: string) => {
      const format = jsonFormat<unknown>();
      return format.join(readPage(format, [encoder.encode(text)], []));
    };
    expect(read('{"a":1}')).toEqual([{ a: 1 }]);
    expect(read(" \n")).toEqual([]);
    expect(read("")).toEqual([]);
    expect(() => read("[1,")).toThrow(/^Failed to parse JSON response: \[1,/);
  });

  test("SSE payloads: arrays are merged, text is joined, base64 is decoded one by one", () => {
    expect(decodeEvents(jsonFormat(), ["[1,[2]]", "3"], false)).toEqual([1, [2], 3]);
    expect(decodeEvents(textFormat(), ["a", "b"], false)).toBe("ab");
    expect(decodeEvents(bytesFormat(), ["AQ==", "AgM="], true)).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("base64 of any bytes decodes to them, with line breaks anywhere", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (bytes, at) => {
        const text = btoa(String.fromCharCode(...bytes));
        const place = at % (text.length + 1);
        expect(decodeBase64(`${text.slice(0, place)}\r\n${text.slice(place)}`)).toEqual(bytes);
      }),
    );
  });

  test.each(["A", "AAA", "A===", "AA=A", "AAA?", "AA\u00e9="])("%j is no base64", (text) => {
    expect(() => decodeBase64(text)).toThrow(expect.objectContaining({ code: "PARSE_ERROR" }));
  });
});
