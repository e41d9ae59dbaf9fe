import fc from "fast-check";
import { expect, test } from "vitest";
import { topStreams } from "./top-streams.ts";

test("the top is where sorting all of them begins", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 9 })), fc.integer({ min: 1, max: 5 }), (sizes, count) => {
      const streams = sizes.map((size, index) => ({ size, index }));
      const bySize = (a: { size: number }, b: { size: number }): number => b.size - a.size;
      expect(topStreams(streams, count, bySize)).toEqual(streams.toSorted(bySize).slice(0, count));
    }),
  );
});
