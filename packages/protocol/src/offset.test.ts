import fc from "fast-check";
import { expect, test } from "vitest";
import { formatOffset, parseOffset, parseOffsetRequest, ZERO_OFFSET } from "./offset.ts";

const position = fc.maxSafeNat();

test("an offset comes back as it was minted", () => {
  fc.assert(fc.property(position, (at) => parseOffset(formatOffset(at)) === at));
});

test("text order is numeric order", () => {
  fc.assert(fc.property(position, position, (a, b) => formatOffset(a) < formatOffset(b) === a < b));
});

test("every offset has the one shape that official suites know", () => {
  fc.assert(fc.property(position, (at) => /^0{16}_\d{16}$/.test(formatOffset(at))));
});

test("the zero offset is the start of every stream", () => {
  expect(ZERO_OFFSET).toBe("0000000000000000_0000000000000000");
  expect(formatOffset(0)).toBe(ZERO_OFFSET);
  expect(parseOffset(ZERO_OFFSET)).toBe(0);
});

test.each([
  "9999999999999999_9999999999999999",
  "0000000000000001_0000000000000000",
  "0000000000000000_9007199254740993",
  "0000000000000000_9999999999999999",
])("%s lies beyond every tail", (token) => {
  expect(parseOffset(token)).toBe(Number.MAX_SAFE_INTEGER);
});

test.each([
  "",
  "0",
  "-1",
  "now",
  "0_0",
  "0000000000000000-0000000000000000",
  "0000000000000000_000000000000000",
  "0000000000000000_00000000000000000",
  "0000000000000000_000000000000000a",
  "0000000000000000_-000000000000001",
  "+000000000000000_0000000000000000",
  "0000000000000000_0000000000000000\n",
  " 000000000000000_0000000000000000",
  "000000000000000٣_0000000000000000",
])("%j is not an offset token", (text) => {
  expect(parseOffset(text)).toBeUndefined();
});

test("parsing agrees with the format's expression on arbitrary text", () => {
  const nearly = fc.stringMatching(/^[0-9_a]{15,17}_[0-9]{15,17}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      expect(parseOffset(text) !== undefined).toBe(/^\d{16}_\d{16}$/.test(text));
    }),
  );
});

test("a reader may ask for the start, the tail or a position", () => {
  expect(parseOffsetRequest("-1")).toEqual({ kind: "start" });
  expect(parseOffsetRequest("now")).toEqual({ kind: "now" });
  expect(parseOffsetRequest(formatOffset(42))).toEqual({ kind: "at", position: 42 });
});

test.each(["", "NOW", "-2", "1", "0,1", "0 1", "now "])("a reader may not ask for %j", (text) => {
  expect(parseOffsetRequest(text)).toBeUndefined();
});
