import fc from "fast-check";
import { expect, it } from "vitest";
import { ownText } from "./own-text.ts";

it("is the same text", () => {
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("application/json", "text/plain"));
  fc.assert(
    fc.property(text, (subject) => {
      expect(ownText(subject)).toBe(subject);
    }),
  );
});
