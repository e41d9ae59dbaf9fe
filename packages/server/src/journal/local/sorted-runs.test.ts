import fc from "fast-check";
import { expect, it } from "vitest";
import { SortedRuns } from "./sorted-runs.ts";

it("gives the numbers of all runs in ascending order", () => {
  const run = fc.array(fc.maxSafeNat(), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(run), (all) => {
      const runs = new SortedRuns();
      for (const numbers of all) runs.add(Float64Array.from(numbers));
      const expected = all.flat().sort((left, right) => left - right);
      expect(expected.map(() => runs.next())).toEqual(expected);
      expect(runs.next()).toBeUndefined();
    }),
  );
});
