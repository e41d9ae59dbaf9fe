import fc from "fast-check";
import { expect, test } from "vitest";
import { incompleteUtf8Length, skipMultiByteCharacter } from "./utf8.ts";

const encoder = new TextEncoder();

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Bytes around the edges of what UTF-8 allows. */
const edge = fc.constantFrom(
  ...[
    0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
    0xef,
  ],
  ...[0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
);

test("one character is accepted exactly when the platform decodes it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0x80, max: 0xff }), fc.array(edge, { maxLength: 4 }), (lead, rest) => {
      const bytes = Uint8Array.of(lead, ...rest);
      const end = skipMultiByteCharacter(bytes, 0);
      const expected =
        [2, 3, 4].find((length) => length <= bytes.length && isUtf8(bytes.subarray(0, length))) ?? -1;
      expect(end).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});

test("every cut of a text leaves whole characters once the incomplete one is held back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, at) => {
      const bytes = encoder.encode(text);
      const cut = bytes.subarray(0, at % (bytes.length + 1));
      const whole = cut.subarray(0, cut.length - incompleteUtf8Length(cut));
      expect(isUtf8(whole)).toBe(true);
      expect(isUtf8(bytes.subarray(whole.length))).toBe(true);
    }),
  );
});

test("exactly what later bytes could still complete is held back", () => {
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 5 }), (bytes) => {
      const expected = [1, 2, 3].find((held) => held <= bytes.length && isCharacterStart(bytes.slice(-held)));
      expect(incompleteUtf8Length(Uint8Array.from(bytes))).toBe(expected ?? 0);
    }),
    { numRuns: 2000 },
  );
});

/** Whether some bytes after these make the whole one character. */
function isCharacterStart(bytes: readonly number[]): boolean {
  return [0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf].some((next) =>
    [[next], [next, 0x80], [next, 0x80, 0x80]].some((rest) => {
      const whole = Uint8Array.from([...bytes, ...rest]);
      return isUtf8(whole) && [...new TextDecoder().decode(whole)].length === 1;
    }),
  );
}
