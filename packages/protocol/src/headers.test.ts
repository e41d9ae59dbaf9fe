import { expect, test } from "vitest";
import { isTrue } from "./headers.ts";

test.each(["true", "TRUE", "True"])("%s is true", (value) => {
  expect(isTrue(value)).toBe(true);
});

test.each([undefined, "", "false", "1", "yes", " true", "true,true", "ｔｒｕｅ"])(
  "%s counts as absent",
  (value) => {
    expect(isTrue(value)).toBe(false);
  },
);
