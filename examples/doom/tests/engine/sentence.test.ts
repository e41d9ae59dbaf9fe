import { FetchError } from "@perennial/client";
import { expect, test } from "vitest";
import { sentenceOf } from "../../src/sentence.ts";

test.each([404, 410, 413, 507])("status %i is told in words, without its number or an address", (status) => {
  const text = sentenceOf(new FetchError(status, "raw", undefined, {}, "http://localhost/v1/stream/x"));
  expect(text).not.toMatch(/\d{3}|http|raw/);
  expect(text).toMatch(/Choose|begin|Try again/);
});

test("what is a sentence stays one, and a network that is away is named", () => {
  expect(sentenceOf(new Error("This is none."))).toBe("This is none.");
  expect(sentenceOf(new TypeError("Failed to fetch"))).toMatch(/cannot be reached/);
});
