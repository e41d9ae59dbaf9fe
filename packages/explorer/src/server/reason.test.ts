import { FetchError } from "@perennial/client";
import { expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

const URL = "http://localhost/v1/stream/full";
const answered = (body: string, type = "application/problem+json") =>
  FetchError.fromResponse(new Response(body, { status: 413, headers: { "content-type": type } }), URL);

test("the reason is what the server says of it", async () => {
  const problem = { title: "Stream limit reached", detail: "There is no room for 4 bytes more." };
  expect(reasonOf(await answered(JSON.stringify(problem)))).toBe(problem.detail);
  expect(reasonOf(await answered(JSON.stringify(problem), "application/json"))).toBe(problem.detail);
});

test.each(["<html>Bad gateway</html>", "{", "null", "3", '{"detail":""}', '{"detail":{}}'])(
  "of an answer that says nothing, such as %j, the whole is told",
  async (text) => {
    expect(reasonOf(await answered(text))).toBe(`HTTP Error 413 at ${URL}: ${text}`);
  },
);

test("an error that is no answer tells itself", () => {
  expect(reasonOf(new TypeError("Failed to fetch"))).toBe("Failed to fetch");
});
