import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CONTENT_TYPE_MAX_LENGTH,
  DEFAULT_CONTENT_TYPE,
  isJson,
  isText,
  isValidContentType,
  mediaType,
  sseNeedsBase64,
} from "./content-type.ts";

test.each([
  ["application/json", "application/json"],
  ["Application/JSON ; charset=utf-8", "application/json"],
  [" text/plain", "text/plain"],
  ["text/plain;a;b", "text/plain"],
  ["", ""],
])("the media type of %j is %j", (contentType, expected) => {
  expect(mediaType(contentType)).toBe(expected);
});

test.each([
  ["application/json", "json"],
  ["APPLICATION/JSON;charset=utf-8", "json"],
  ["text/plain", "text"],
  ["Text/Event-Stream; x=y", "text"],
  ["application/json-seq", "base64"],
  ["application/x-ndjson", "base64"],
  ["image/png", "base64"],
  [DEFAULT_CONTENT_TYPE, "base64"],
])("%s travels over SSE as %s", (contentType, encoding) => {
  expect([isJson(contentType), isText(contentType), sseNeedsBase64(contentType)]).toEqual([
    encoding === "json",
    encoding === "text",
    encoding === "base64",
  ]);
});

test.each([
  "text/plain",
  "application/vnd.api+json",
  "text/plain; charset=utf-8",
  'text/plain;charset="utf-8" ; x=y',
  'text/plain; x="a\\"b;c"',
  "text/plain;",
  "text/plain ; ; a=b;",
])("%j is usable", (text) => {
  expect(isValidContentType(text)).toBe(true);
});

test.each([
  "",
  "text",
  "text/",
  "/plain",
  "text/plain/x",
  "text plain",
  " text/plain",
  "text/plain charset=utf-8",
  "text/plain; charset",
  "text/plain; charset=",
  'text/plain; x="a',
  "text/plain\r\nX-Injected: 1",
  "text/plain; x=\u0000",
  "tëxt/plain",
  `text/${"x".repeat(CONTENT_TYPE_MAX_LENGTH)}`,
])("%j is not usable", (text) => {
  expect(isValidContentType(text)).toBe(false);
});

test("a usable content type can be sent as a header", () => {
  const piece = fc.constantFrom("text/plain", ";", " ", "\t", "a=b", '"', "\\", "\n", "é", "/", "=", "x");
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
      (text) => {
        if (isValidContentType(text))
          expect(new Headers({ "Content-Type": text }).get("Content-Type")).toBe(text.trim());
      },
    ),
  );
});

test("a content type made to backtrack is refused, and the match comes to an end", () => {
  expect(isValidContentType(`a/b${" ; ".repeat(84)}\u0000`)).toBe(false);
  expect(isValidContentType(`a/b${";\t\t".repeat(84)}"`)).toBe(false);
});
