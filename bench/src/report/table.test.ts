import { expect, test } from "vitest";
import type { Row } from "../results.ts";
import { figuresTable, markdownTable, ratiosTable } from "./table.ts";

function row(
  peer: string,
  values: readonly number[],
  more: Partial<Row> & { errors?: Record<string, number> } = {},
): Row {
  const { errors = {}, ...rest } = more;
  const samples = values.map((value, index) => ({
    ...{ round: index + 1, errors },
    figures: { operationsPerSecond: value, p99: value / 10_000 },
  }));
  return { workload: "append-1", variant: "64 connections", peer, samples, failures: [], ...rest };
}

test("columns are as wide as they need to be, numbers to the right", () => {
  expect(
    markdownTable([
      ["name", "n"],
      ["a", "1,000"],
    ]),
  ).toBe(["| name |     n |", "| ---- | ----: |", "| a    | 1,000 |"].join("\n"));
});

test("a row shows the median, the range and a count of errors", () => {
  const table = figuresTable(
    [row("ours-memory", [30_000, 10_000, 20_000])],
    ["operationsPerSecond", "p99", "p50"],
  );
  expect(table).toContain("| ours-memory | 20,000 (10,000–30,000) | 2 (1–3) |      0 |");
  expect(table).not.toContain("p50");
});

test("a row with errors is marked, and its failures are counted", () => {
  const table = figuresTable(
    [row("a", [1, 1], { errors: { 404: 600 }, failures: ["no"] })],
    ["operationsPerSecond"],
  );
  expect(table).toContain("| a ⚠");
  expect(table).toContain("1,200 × 404, 1 × failed rounds");
});

test("ours is divided by each peer, in bold", () => {
  const rows = [row("ours-memory", [30]), row("rust-memory", [20]), row("slow", [1])];
  const table = ratiosTable(rows, ["operationsPerSecond"])!;
  expect(table).toContain("| ours-memory / rust-memory |    **1.50×** |");
  expect(table).toContain("| ours-memory / slow        |    **30.0×** |");
});

test("rounds are compared one by one, since the machine drifts between them", () => {
  const rows = [row("ours-memory", [10, 40, 90]), row("rust-memory", [20, 40, 60])];
  expect(ratiosTable(rows, ["operationsPerSecond"])).toContain("**1.00×**");
});

test("a comparison with errors is not bold", () => {
  const rows = [row("ours-memory", [30], { errors: { socket: 1 } }), row("rust-memory", [20])];
  expect(ratiosTable(rows, ["operationsPerSecond"])).toContain("1.50× ⚠");
});

test("nothing is compared without a peer or without ours", () => {
  expect(ratiosTable([row("ours-memory", [1])], ["p99"])).toBeUndefined();
  expect(ratiosTable([row("rust-memory", [1])], ["p99"])).toBeUndefined();
});
