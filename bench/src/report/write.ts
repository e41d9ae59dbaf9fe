import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Results } from "../results.ts";
import type { Workload } from "../workloads/workload.ts";
import { barChart } from "./chart.ts";
import { markdownReport } from "./markdown.ts";

/** Writes `results.json`, a chart per workload and `README.md` into the directory. */
export function writeReport(directory: string, results: Results, workloads: readonly Workload[]): void {
  writeFileSync(join(directory, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  const charts = new Map<string, string>();
  for (const workload of workloads) {
    const rows = results.rows.filter((row) => row.workload === workload.name);
    const svg = barChart(rows, workload.chart, `${workload.name}: ${workload.description}`);
    if (svg === undefined) continue;
    charts.set(workload.name, `${workload.name}.svg`);
    writeFileSync(join(directory, `${workload.name}.svg`), `${svg}\n`);
  }
  writeFileSync(join(directory, "README.md"), markdownReport(results, workloads, charts));
}
