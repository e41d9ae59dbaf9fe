import { FetchError } from "@perennial/client";
import { expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

const URL = "http://localhost/v1/stream/full";
const failed = (text: string | undefined, json?: object) => new FetchError(413, text, json, {}, URL);

test("the reason is what the server says of it, however its answer was read", () => {
  const problem = { title: "Stream limit reached", detail: "There is no room for 4 bytes more." };
  expect(reasonOf(failed(JSON.stringify(problem)))).toBe(problem.detail);
  expect(reasonOf(failed(undefined, problem))).toBe(problem.detail);
});

test.each(["<html>Bad gateway</html>", "{", "null", "3", '{"detail":""}', '{"detail":{}}'])(
  "of an answer that says nothing, such as %j, the whole is told",
  (text) => {
    expect(reasonOf(failed(text))).toBe(`HTTP Error 413 at ${URL}: ${text}`);
  },
);

test("an error that is no answer tells itself", () => {
  expect(reasonOf(new TypeError("Failed to fetch"))).toBe("Failed to fetch");
});
