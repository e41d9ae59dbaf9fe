import { expect, test } from "vitest";
import type { Results } from "../results.ts";
import { appendWorkload } from "../workloads/append.ts";
import { barChart } from "./chart.ts";
import { markdownReport } from "./markdown.ts";

const sample = { round: 1, figures: { operationsPerSecond: 1000 }, errors: {} };
const results: Results = {
  ...{ startedAt: "2026-01-02T03:04:05.000Z", commit: "abc", generator: "wrk", rounds: 2, seconds: 4 },
  machine: {
    ...{ processor: "A <fast> one", cores: 2, memoryBytes: 8 * 2 ** 30, kernel: "Linux 6", node: "20.0.0" },
    ...{ openFilesMax: "20000", pinned: { server: "0", load: "1" } },
  },
  peers: [{ name: "ours-memory", description: "this one", durable: false }],
  skipped: [{ name: "rust-memory", reason: "no cargo" }],
  rows: [
    {
      workload: "append-1",
      variant: "64 connections",
      peer: "ours-memory",
      samples: [sample],
      failures: ["it broke"],
    },
  ],
};

test("the report names machine, peers, what was skipped and what failed", () => {
  const text = markdownReport(
    results,
    [appendWorkload(1), appendWorkload(100)],
    new Map([["append-1", "a.svg"]]),
  );
  expect(text).toContain("A <fast> one, 2 cores, 8 GiB");
  expect(text).toContain("server on core 0, load on core 1");
  expect(text).toContain("- **ours-memory**: this one");
  expect(text).toContain("- rust-memory was skipped: no cargo");
  expect(text).toContain("![append-1](a.svg)");
  expect(text).toContain("- ours-memory failed: it broke");
  expect(text).not.toContain("## append-100");
});

test("a chart is an SVG with a bar per server; without figures there is none", async () => {
  expect(barChart(results.rows, "operationsPerSecond", "title")).toMatch(/^<svg .*ours-memory.*<\/svg>$/s);
  expect(barChart(results.rows, "p99", "title")).toBeUndefined();
});
