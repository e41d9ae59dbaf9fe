import { PLAIN_CREATION } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import { initialState } from "./evolve.ts";
import { deadlineOf, needsRenewRecord } from "./expiry.ts";

const plain = initialState({ ...PLAIN_CREATION, at: 1000 });
const withTtl = initialState({ ...PLAIN_CREATION, at: 1000, ttlSeconds: 8 });
const withExpiry = initialState({ ...PLAIN_CREATION, at: 1000, expiresAt: 5000 });

test("a TTL runs from the last use, be it recorded or not; an expiry is fixed", () => {
  expect(deadlineOf(withTtl, 0)).toBe(9000);
  expect(deadlineOf(withTtl, 3000)).toBe(11_000);
  expect(deadlineOf(withExpiry, 3000)).toBe(5000);
  expect(deadlineOf(plain, 3000)).toBeUndefined();
});

test("a use is worth a record after an eighth of the TTL, and never without one", () => {
  expect(needsRenewRecord(withTtl, 1999)).toBe(false);
  expect(needsRenewRecord(withTtl, 2000)).toBe(true);
  expect(needsRenewRecord(withExpiry, 1e12)).toBe(false);
});
