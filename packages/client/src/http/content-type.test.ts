import { expect, test } from "vitest";
import { hasType } from "./content-type.ts";

test.each([
  ["application/json", "application/json", true],
  ["Application/JSON ; charset=utf-8", "application/json", true],
  ["application/problem+json", "json", true],
  ["application/problem+json", "application/json", false],
  ["application/json-seq", "application/json", false],
  ['multipart/mixed; boundary="application/json"', "application/json", false],
  ["text/plain; was=text/event-stream", "text/event-stream", false],
  [undefined, "application/json", false],
])("%s is %s: %s", (contentType, type, is) => {
  const headers = contentType === undefined ? {} : { "content-type": contentType };
  expect(hasType(new Response(null, { headers }), type)).toBe(is);
});
