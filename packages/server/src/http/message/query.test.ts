import { expect, test } from "vitest";
import { parseQuery, repeatedParameter } from "./query.ts";

test.each([
  ["", []],
  [
    "a=1&b=2",
    [
      ["a", "1"],
      ["b", "2"],
    ],
  ],
  ["a", [["a", ""]]],
  ["a=b=c", [["a", "b=c"]]],
  [
    "a=x+y&b=x%2By",
    [
      ["a", "x y"],
      ["b", "x+y"],
    ],
  ],
  ["%61=%C3%A9", [["a", "é"]]],
  // Kept as it stands.
  ["a=%zz", [["a", "%zz"]]],
  ["a=%C3", [["a", "%C3"]]],
])("%j holds %j", (text, pairs) => {
  expect([...parseQuery(text).values]).toEqual(pairs);
});

test("of a name that comes twice the first value counts, and it is named, however it was encoded", () => {
  const query = parseQuery("a=1&%61=2&b=3");
  expect(query.values.get("a")).toBe("1");
  expect(repeatedParameter(query, "a")).toMatchObject({ kind: "bad-parameter", parameter: "a" });
  expect(repeatedParameter(query, "b")).toBeUndefined();
});
