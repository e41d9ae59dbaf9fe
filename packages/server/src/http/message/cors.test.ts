import { HEADER, SENT_WITH } from "@perennial/protocol";
import { expect, test } from "vitest";
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "./cors.ts";

test.each(Object.entries(HEADER) as [keyof typeof HEADER, string][])(
  "%s is one that a page may send or read, as it is sent",
  (key, name) => {
    const way = SENT_WITH[key];
    expect(ALLOWED_HEADERS.includes(name)).toBe(way !== "replies");
    // Browsers show Cache-Control anyway.
    expect(EXPOSED_HEADERS.includes(name)).toBe(way !== "requests" && name !== HEADER.cacheControl);
  },
);

test("beside those of the protocol, pages send credentials, and read how a body is coded", () => {
  const own = new Set<string>(Object.values(HEADER));
  expect(ALLOWED_HEADERS.filter((name) => !own.has(name))).toEqual(["Authorization"]);
  expect(EXPOSED_HEADERS.filter((name) => !own.has(name))).toEqual(["Content-Encoding", "Vary"]);
});
