import { expect, test } from "vitest";
import { Remembered } from "./remembered.ts";

test("remembers up to so many characters, and forgets the oldest first", () => {
  const remembered = new Remembered<number>(6);
  remembered.set("aa", 1);
  remembered.set("bb", 2);
  remembered.set("cc", 3);
  remembered.set("aa", 4);
  expect(["aa", "bb", "cc"].map((text) => remembered.get(text))).toEqual([4, 2, 3]);
  remembered.set("ddd", 5);
  expect(["aa", "bb", "cc", "ddd"].map((text) => remembered.get(text))).toEqual([4, undefined, undefined, 5]);
  remembered.clear();
  remembered.set("1234567", 6);
  expect(remembered.get("1234567")).toBeUndefined();
});
