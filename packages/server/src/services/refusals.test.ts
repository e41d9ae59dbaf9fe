import { expect, test } from "vitest";
import { Refusals } from "./refusals.ts";

test("refusals are counted by status and service, with the first of each kind and without its query", () => {
  const refusals = new Refusals();
  refusals.note(401, "GET", "/v1/stream/app/a?access_token=x");
  refusals.note(401, "PUT", "/v1/stream/app/b");
  refusals.note(403, "POST", "/v1/stream/app");
  refusals.note(401, "GET", "/elsewhere");
  expect(refusals.take()).toEqual([
    { status: 401, segment: "app", count: 2, method: "GET", path: "/v1/stream/app/a" },
    { status: 403, segment: "app", count: 1, method: "POST", path: "/v1/stream/app" },
    { status: 401, segment: "", count: 1, method: "GET", path: "/elsewhere" },
  ]);
  expect(refusals.take()).toEqual([]);
});

test("however many kinds there are, few are kept, and each is cut", () => {
  const refusals = new Refusals();
  for (let n = 0; n < 10_000; n++) refusals.note(401, "GET", `/v1/stream/s${n}/${"x".repeat(5000)}`);
  const kept = refusals.take();
  expect(kept).toHaveLength(21);
  expect(kept.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  expect(JSON.stringify(kept).length).toBeLessThan(21 * 400);
});
