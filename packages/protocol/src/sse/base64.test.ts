import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Length, writeBase64 } from "./base64.ts";

test("base64 is what the platform writes, placed where asked", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat({ max: 5 }), (source, offset) => {
      const target = new Uint8Array(offset + base64Length(source.length) + 1);
      writeBase64(source, target, offset);
      const base64 = btoa(String.fromCharCode(...source));
      expect(new TextDecoder().decode(target)).toBe(`${"\0".repeat(offset)}${base64}\0`);
    }),
  );
});
