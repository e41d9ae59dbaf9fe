import { expect, test } from "vitest";
import { LatencyHistogram } from "./latency.ts";

test("percentiles are right to three digits", () => {
  const histogram = new LatencyHistogram();
  for (let value = 1; value <= 10_000; value++) histogram.record(value / 100);
  const latency = histogram.latency()!;
  expect(histogram.count).toBe(10_000);
  expect(latency.p50).toBeCloseTo(50, 0);
  expect(latency.p99 / 99).toBeCloseTo(1, 2);
  expect(latency.p999 / 99.9).toBeCloseTo(1, 2);
  expect(latency.max / 100).toBeCloseTo(1, 2);
});

test("times below a microsecond and above an hour are kept at the edge", () => {
  const histogram = new LatencyHistogram();
  histogram.record(0);
  histogram.record(1e10);
  expect(histogram.count).toBe(2);
});

test("nothing recorded, no percentiles", () => {
  expect(new LatencyHistogram().latency()).toBeUndefined();
});
