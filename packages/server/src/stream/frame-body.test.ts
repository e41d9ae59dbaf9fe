import fc from "fast-check";
import { expect, test } from "vitest";
import { FRAMED_AT_ONCE_BYTES, frameBody, frameInSteps } from "./frame-body.ts";
import type { StoredBytes } from "./records.ts";

const LIMITS = { aheadBytes: 100_000 };

function body(...texts: readonly string[]): StoredBytes {
  const parts = texts.map((text) => Buffer.from(text));
  return { parts, byteLength: parts.reduce((sum, { length }) => sum + length, 0) };
}

function textOf(framed: ReturnType<typeof frameBody>): string | undefined {
  return framed.kind === "ok" ? Buffer.concat(framed.value.parts).toString() : undefined;
}

test("bytes are stored as they came, in the memory in which they came", () => {
  const sent = body("[1,", "2]");
  expect(frameBody(false, { body: sent }, LIMITS)).toEqual({ kind: "ok", value: sent });
});

test("JSON is stored message by message, each with a comma; an empty array is no bytes", () => {
  expect(textOf(frameBody(true, { body: body("[1, ", "[2]]") }, LIMITS))).toBe("1,[2],");
  expect(textOf(frameBody(true, { body: body('{"a": [1]}') }, LIMITS))).toBe('{"a": [1]},');
  expect(textOf(frameBody(true, { body: body("[ ]") }, LIMITS))).toBe("");
});

test("a mistake is named with its place in the body", () => {
  const framed = frameBody(true, { body: body("[1,", "x]") }, LIMITS);
  expect(framed).toMatchObject({ rejection: { kind: "invalid-json", position: 3 } });
});

test.each([
  ["bytes", false, LIMITS.aheadBytes],
  ["JSON", true, FRAMED_AT_ONCE_BYTES],
])("%s longer than may be done at once have to be made ready first", (_, json, limit) => {
  const text = (length: number): string => `"${"x".repeat(length - 2)}"`;
  expect(frameBody(json, { body: body(text(limit)) }, LIMITS).kind).toBe("ok");
  expect(frameBody(json, { body: body(text(limit + 1)) }, LIMITS)).toEqual({ kind: "unready", json });
});

test("what was made ready is stored, whatever its length", () => {
  const long = body("x".repeat(LIMITS.aheadBytes + 1));
  expect(frameBody(false, { body: long, isReady: true }, LIMITS)).toEqual({ kind: "ok", value: long });
});

test("in steps or at once, in one part or several, the same is found", () => {
  const parts = fc.array(fc.constantFrom("1", ",", "[", "]", '"é"', " ", '{"a":1}'), { maxLength: 8 });
  fc.assert(
    fc.property(parts, (texts) => {
      const sent = body(...texts);
      const steps = frameInSteps(sent, 1000);
      let step = steps.next();
      while (!step.done) step = steps.next();
      fc.pre(sent.byteLength > 0);
      const inSteps = frameBody(true, { body: sent, framing: step.value }, LIMITS);
      const atOnce = frameBody(true, { body: sent }, LIMITS);
      expect(textOf(inSteps)).toBe(textOf(atOnce));
      expect(inSteps.kind === "rejected" && inSteps.rejection).toEqual(
        atOnce.kind === "rejected" && atOnce.rejection,
      );
    }),
  );
});
