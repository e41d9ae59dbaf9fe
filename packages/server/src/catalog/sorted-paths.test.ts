import fc from "fast-check";
import { expect, it } from "vitest";
import { SortedPaths } from "./sorted-paths.ts";

const path = fc.string({ unit: fc.constantFrom("a", "b", "/"), minLength: 1, maxLength: 6 });

it("pages like a sorted array that is filtered", () => {
  fc.assert(
    fc.property(
      fc.array(path),
      fc.array(path),
      path,
      path,
      fc.integer({ min: 1, max: 5 }),
      (added, removed, prefix, after, limit) => {
        const model = new Set(added);
        const paths = new SortedPaths();
        for (const item of model) paths.add(item);
        for (const item of removed) {
          model.delete(item);
          paths.delete(item);
        }
        const expected = [...model].sort().filter((item) => item > after && item.startsWith(prefix));
        expect(paths.page(prefix, after, limit)).toEqual(expected.slice(0, limit));
      },
    ),
  );
});

it("stays sorted through thousands of insertions and removals in any order", () => {
  const paths = new SortedPaths();
  const all = Array.from({ length: 5000 }, (_, index) => `stream-${(index * 7919) % 5000}`);
  for (const item of all) paths.add(item);
  for (const item of all.slice(0, 2500)) paths.delete(item);
  expect(paths.page("", "", 5000)).toEqual(all.slice(2500).sort());
});
