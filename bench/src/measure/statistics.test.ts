import { expect, test } from "vitest";
import { summarise } from "./statistics.ts";

test("summarise gives the middle value of an odd number and the mean of the middle two of an even one", () => {
  expect(summarise([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3, rounds: 3 });
  expect(summarise([4, 1, 2, 3])).toEqual({ median: 2.5, lowest: 1, highest: 4, rounds: 4 });
});

test("summarise has nothing to say about no values", () => {
  expect(summarise([])).toBeUndefined();
});
