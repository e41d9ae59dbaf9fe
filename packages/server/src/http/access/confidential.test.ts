import { expect, test } from "vitest";
import { confidential } from "./confidential.ts";

const SHARED = "public, max-age=60, s-maxage=600, stale-while-revalidate=300";

test.each([
  [SHARED, "private, max-age=60, stale-while-revalidate=300"],
  ["no-store", "private, no-store"],
  ["Public", "private"],
  ["private, no-cache", "private, no-cache"],
  ["no-cache, no-transform", "private, no-cache, no-transform"],
])("%s becomes %s", (given, expected) => {
  const { headers } = confidential(
    {
      status: 200,
      headers: ["Cache-Control", given, "X", "public"],
      body: undefined,
    },
    true,
  );
  expect(headers).toEqual(["Vary", "Authorization", "Cache-Control", expected, "X", "public"]);
});

test("what came by a URL or a cookie is kept by nobody", () => {
  const reply = { status: 200, headers: ["Cache-Control", SHARED], body: undefined };
  expect(confidential(reply, false).headers).toEqual([
    "Vary",
    "Authorization",
    "Cache-Control",
    "private, no-store",
  ]);
});
