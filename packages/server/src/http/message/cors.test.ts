import { HEADER } from "@perennial/protocol";
import { expect, test } from "vitest";
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "./cors.ts";

test("every header of the protocol is one that a page may send or read; browsers show Cache-Control anyway", () => {
  const listed = new Set<string>([...ALLOWED_HEADERS, ...EXPOSED_HEADERS]);
  const missing = Object.values(HEADER).filter((name) => !listed.has(name));
  expect(missing).toEqual([HEADER.cacheControl]);
});
