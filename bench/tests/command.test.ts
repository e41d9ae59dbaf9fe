import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { repository } from "../src/paths.ts";
import type { Results } from "../src/results.ts";

const directory = mkdtempSync(join(tmpdir(), "perennial-bench-"));
afterAll(() => rmSync(directory, { recursive: true }));

function bench(...flags: string[]) {
  return spawnSync(process.execPath, [join(repository, "bench", "dist", "main.js"), ...flags], {
    encoding: "utf8",
  });
}

test("a run measures real processes and leaves a report", () => {
  const flags = ["append-1", "--peers", "reference-memory,rust-none", "--quick", "--seconds", "0.3"];
  expect(bench(...flags).stderr).toContain("no peer rust-none; there are: ours-memory");
  flags[2] = "reference-memory";
  const run = bench(...flags, "--generator", "own", "--connections", "2", "--out", directory);
  expect(run.stdout).toContain("| reference-memory |");
  const results = JSON.parse(readFileSync(join(directory, "results.json"), "utf8")) as Results;
  expect(results.rows[0]!.failures).toEqual([]);
  expect(results.rows[0]!.samples[0]!.figures.cpuMicrosPerOperation).toBeGreaterThan(1);
  expect(results.rows[0]!.samples[0]!.figures.loopDelayMax).toBeGreaterThanOrEqual(0);
  expect(readFileSync(join(directory, "README.md"), "utf8")).toContain("![append-1](append-1.svg)");
  expect(existsSync(join(directory, "append-1.svg"))).toBe(true);
});

test("the help names every workload and peer", () => {
  const { stdout } = bench("--help");
  for (const name of ["append-1000", "sse-fanout", "recovery-1m", "rust-durable", "nginx", "--cpu-prof"]) {
    expect(stdout).toContain(name);
  }
});

test("an unknown workload is refused with the list of those there are", () => {
  const run = bench("apend");
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("no workload apend; there are: append-1,");
});
