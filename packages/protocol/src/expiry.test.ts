import fc from "fast-check";
import { expect, test } from "vitest";
import { deadline, formatExpiresAt, parseExpiresAt, parseTtl, TTL_MAX_SECONDS } from "./expiry.ts";

/** An instant within the years that RFC 3339 can write. */
const instant = fc.integer({
  min: Date.parse("0000-01-01T00:00:00Z"),
  max: Date.parse("9999-12-31T23:59:59.999Z"),
});

test("a TTL is a plain count of seconds", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: TTL_MAX_SECONDS }), (ttl) => parseTtl(`${ttl}`) === ttl));
});

test.each([
  "",
  "abc",
  "-1",
  "00060",
  "+60",
  "60.5",
  "1e3",
  " 60",
  "60\n",
  `${TTL_MAX_SECONDS + 1}`,
  "9".repeat(400),
])("%j is not a TTL", (text) => {
  expect(parseTtl(text)).toBeUndefined();
});

test("an instant comes back as it was formatted", () => {
  fc.assert(fc.property(instant, (ms) => parseExpiresAt(formatExpiresAt(ms)) === ms));
});

test("formatting never moves an instant later", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 4e12, noNaN: true }), (ms) => {
      const formatted = parseExpiresAt(formatExpiresAt(ms))!;
      expect(formatted).toBeLessThanOrEqual(ms);
      expect(ms - formatted).toBeLessThan(1);
    }),
  );
});

test("an instant is the same at every offset", () => {
  const minutes = fc.integer({ min: -1439, max: 1439 });
  const safe = fc.integer({ min: 0, max: Date.parse("9998-01-01T00:00:00Z") });
  fc.assert(
    fc.property(safe, minutes, (ms, offset) => {
      const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
      const hours = `${Math.floor(Math.abs(offset) / 60)}`.padStart(2, "0");
      const rest = `${Math.abs(offset) % 60}`.padStart(2, "0");
      expect(parseExpiresAt(`${local}${offset < 0 ? "-" : "+"}${hours}:${rest}`)).toBe(ms);
    }),
  );
});

test.each([
  ["2030-01-02T03:04:05Z", "2030-01-02T03:04:05.000Z"],
  ["2030-01-02t03:04:05z", "2030-01-02T03:04:05.000Z"],
  ["2030-01-02T03:04:05.1Z", "2030-01-02T03:04:05.100Z"],
  ["2030-01-02T03:04:05.9999999Z", "2030-01-02T03:04:05.999Z"],
  ["2030-01-02T03:04:05-00:00", "2030-01-02T03:04:05.000Z"],
  ["2030-01-02T01:04:05+02:00", "2030-01-01T23:04:05.000Z"],
  ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ["0000-02-29T00:00:00Z", "0000-02-29T00:00:00.000Z"],
  ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
  ["2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00.000Z"],
  ["2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.250Z"],
])("%s is %s", (text, expected) => {
  expect(formatExpiresAt(parseExpiresAt(text)!)).toBe(expected);
});

test.each([
  "",
  "not-a-timestamp",
  "2030",
  "2030-01-02",
  "2030-01-02T03:04:05",
  "2030-01-02 03:04:05Z",
  "2030-01-02T03:04Z",
  "2030-01-02T03:04:05.Z",
  "2030-01-02T03:04:05+0200",
  "2030-01-02T03:04:05+24:00",
  "2030-01-02T03:04:05+02:60",
  "2030-00-02T03:04:05Z",
  "2030-13-02T03:04:05Z",
  "2030-02-30T03:04:05Z",
  "2030-02-29T03:04:05Z",
  "2030-01-00T03:04:05Z",
  "2030-01-02T24:00:00Z",
  "2030-01-02T03:60:05Z",
  "2030-01-02T03:04:60Z",
  "2030-01-02T23:59:60Z",
  "2030-01-02T03:04:61Z",
  "0000-01-01T00:00:00+00:01",
  "9999-12-31T23:59:59-00:01",
  "+2030-01-02T03:04:05Z",
  "2030-01-02T03:04:05Z\n",
  "２030-01-02T03:04:05Z",
  `2030-01-02T03:04:05.${"0".repeat(60)}Z`,
])("%j is not a timestamp", (text) => {
  expect(parseExpiresAt(text)).toBeUndefined();
});

test("a lifetime ends a TTL after its renewal, or at its fixed instant", () => {
  expect(deadline({}, 1000)).toBeUndefined();
  expect(deadline({ ttlSeconds: 2 }, 1000)).toBe(3000);
  expect(deadline({ ttlSeconds: 0 }, 1000)).toBe(1000);
  expect(deadline({ expiresAtMs: 5000 }, 9000)).toBe(5000);
  expect(deadline({ ttlSeconds: 2, expiresAtMs: 5000 }, 1000)).toBe(3000);
  expect(deadline({ ttlSeconds: 2, expiresAtMs: 5000 }, 4000)).toBe(5000);
});
