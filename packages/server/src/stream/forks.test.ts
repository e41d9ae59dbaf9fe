import { PLAIN_CREATION } from "@perennial/testing/journal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { initialState } from "./evolve.ts";
import { type ForkPoint, findForkPoint } from "./forks.ts";

/** Looks for a fork's place in stored bytes, which are handed out `piece` at a time. */
function find(
  stored: string,
  contentType: string,
  {
    anchor,
    subOffset = 0,
    boundary = 0,
    piece = 1000,
  }: Partial<Record<"anchor" | "subOffset" | "boundary" | "piece", number>>,
): ForkPoint {
  const bytes = Buffer.from(stored);
  const state = initialState({ ...PLAIN_CREATION, contentType });
  const request = { sourcePath: state.path, anchor, subOffset };
  const search = findForkPoint({ state, visibleTail: bytes.length }, request, boundary);
  let step = search.next();
  while (!step.done) {
    const { from, to } = step.value;
    step = search.next(bytes.subarray(from, Math.min(to, from + piece)));
  }
  return step.value;
}

const at = (anchor: number, offset: number) => ({ kind: "at", anchor, offset });
const refused = (kind: string) => ({ rejection: { kind } });

test.each([
  [{}, at(5, 5)],
  [{ anchor: 0 }, at(0, 0)],
  [{ anchor: 2, subOffset: 3 }, at(2, 5)],
  [{ anchor: 2, subOffset: 4 }, refused("fork-sub-offset-beyond-tail")],
  [{ subOffset: 1 }, refused("fork-sub-offset-beyond-tail")],
  [{ anchor: 6 }, refused("fork-offset-beyond-tail")],
])("in 5 bytes, a sub-offset counts bytes: %j", (request, place) => {
  expect(find("abcde", "text/plain", request)).toMatchObject(place);
});

// Messages end at 2, 8 and 11.
const MESSAGES = '1,"é,",42,';

test.each([
  [{}, at(11, 11)],
  [{ anchor: 0, subOffset: 1 }, at(0, 2)],
  [{ anchor: 2, subOffset: 1, boundary: 2 }, at(2, 8)],
  [{ anchor: 2, subOffset: 2 }, at(2, 11)],
  [{ anchor: 2, subOffset: 3 }, refused("fork-sub-offset-beyond-tail")],
  [{ anchor: 11, subOffset: 1 }, refused("fork-sub-offset-beyond-tail")],
  [{ anchor: 6 }, refused("fork-offset-inside-message")],
  [{ anchor: 1 }, refused("fork-offset-inside-message")],
  [{ anchor: 12 }, refused("fork-offset-beyond-tail")],
])("in 3 messages, a sub-offset counts messages: %j", (request, place) => {
  expect(find(MESSAGES, "application/json", request)).toMatchObject(place);
});

test("the place is the same in whatever pieces the bytes come", () => {
  const request = { anchor: fc.nat(12), subOffset: fc.nat(4), piece: fc.integer({ min: 1, max: 11 }) };
  fc.assert(
    fc.property(fc.record(request), (asked) => {
      const whole = find(MESSAGES, "application/json", { ...asked, piece: 1000 });
      expect(find(MESSAGES, "application/json", asked)).toEqual(whole);
    }),
  );
});
