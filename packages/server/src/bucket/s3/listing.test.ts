import { expect, test } from "vitest";
import { readListing } from "./listing.ts";
import { elements, textOf } from "./xml.ts";

function listing(contents: string, isTruncated = "false"): string {
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${contents}</ListBucketResult>`;
}

function object(key: string, size = "1"): string {
  return `<Contents><Key>${key}</Key><ETag>&quot;x&quot;</ETag><Size>${size}</Size></Contents>`;
}

test("keys are read as they are meant", () => {
  expect(readListing(listing(object("a&amp;&lt;&#65;&#x42;&nope;")), "a", "")).toMatchObject({
    objects: [{ key: "a&<AB&nope;", bytes: 1 }],
    isMore: false,
  });
});

test.each([
  ["a page of a web site", "<html></html>"],
  ["a key of another prefix", listing(object("b"))],
  ["keys that do not ascend", listing(object("a2") + object("a1"))],
  ["a key again that was listed before", listing(object("a1"))],
  ["an end that is none", listing("", "true")],
  ["a size that is none", listing(object("a2", "x"))],
])("%s is no listing", (_what, xml) => {
  expect(readListing(xml, "a", "a1")).toBeUndefined();
});

test("elements that do not end, millions of them, are read in one pass", () => {
  const xml = "<Contents>".repeat(800_000);
  expect([...elements(xml, "Contents")]).toEqual([]);
  expect(textOf(`${xml}</Contents>`, "Contents")).toHaveLength(xml.length - 10);
});
