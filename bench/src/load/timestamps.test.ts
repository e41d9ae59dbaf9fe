import fc from "fast-check";
import { expect, test } from "vitest";
import { stampedPayload, TimestampScanner } from "./timestamps.ts";

test("a payload keeps its length", () => {
  expect(stampedPayload(12.345, "x".repeat(40))).toBe(`@000000012345${"x".repeat(27)}`);
});

test("every stamp is found once, however the bytes are cut into packets", () => {
  const times = fc.array(fc.nat(2_000_000_000), { minLength: 1, maxLength: 8 });
  const cuts = fc.array(fc.nat(400), { maxLength: 10 });
  fc.assert(
    fc.property(times, cuts, (microseconds, positions) => {
      const events = microseconds.map(
        (time) => `event: data\ndata:${stampedPayload(time / 1000, "-".repeat(30))}\n\n`,
      );
      const bytes = Buffer.from(events.join(""), "latin1");
      const found: number[] = [];
      const scanner = new TimestampScanner((dueAt) => found.push(Math.round(dueAt * 1000)));
      const edges = [0, ...positions.sort((a, b) => a - b), bytes.length];
      edges.slice(1).forEach((end, index) => {
        scanner.push(bytes.subarray(edges[index], end));
      });
      expect(found).toEqual(microseconds);
    }),
  );
});
